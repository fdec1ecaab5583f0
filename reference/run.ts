/** Recorded ticks to FIX bytes in lockstep: each tick is done with before the next one enters. */
import type { Instrument, Quote, Tick } from '#market';
import { decide, type Policy, type Worker } from './decide.ts';
import { advanceTo } from './fix.ts';
import { type Forecast, settledForecast, type Target } from './forecast.ts';
import { type Gateway, newGateway, onQuote, onSignal, stop, type Terms } from './gateway.ts';
import * as time from './market-time.ts';

export type ReferenceProfile = Terms & {
  seed: number;
  paths: number;
  moves: number;
  policy: Policy;
};

/** Everything the law leaves outside: reading ticks, the target's weights, hashing. */
export type ReferenceInputs = {
  originNs: bigint;
  instruments: Instrument[];
  ticks: Iterable<Tick>;
  target: Target;
  sha256: (text: string) => Uint8Array;
};

/** An instrument's present, the forecast of it, and the parent order worked there. */
type Market = { context: time.Context; settled: Settled | undefined; worker: Worker };
type Settled = { forecast: Forecast; id: string; timeNs: number };

/** The texts that digests cover, the FIX messages sent, and how often each limit refused. */
export function runReference(profile: ReferenceProfile, inputs: ReferenceInputs) {
  const { originNs, instruments, target } = inputs;
  const { policy } = profile;
  const gateway = newGateway(profile, originNs, instruments);
  const markets = instruments.map(({ symbol }): Market => {
    return { context: time.firstContext(symbol), settled: undefined, worker: { policy } };
  });
  const forecasts: string[] = [];
  const decisions: string[] = [];
  for (const tick of inputs.ticks) {
    const timeNs = Math.max(gateway.fix.nowNs, tick.exchangeTimeNs);
    advanceTo(gateway.fix, timeNs);
    const market = markets[tick.instrument]!;
    if (tick.kind === 'gap' && market.context.session !== undefined) market.context.session = 0.5;
    if (tick.kind !== 'quote') continue;
    onQuote(gateway, tick);
    const session = time.sessionOf(instruments[tick.instrument]!.calendar, originNs, timeNs);
    const observed = { mid: time.midOf(tick), session };
    const context = time.contextAfter(market.context, observed, target.contextMoves);
    if (context !== market.context) {
      market.context = context;
      const settled = settle(profile, inputs, { context, timeNs });
      if (settled !== undefined) forecasts.push(forecastText(settled.id, settled.forecast));
      market.settled = settled;
    }
    if (market.settled !== undefined) decisions.push(decideOn(market, tick, gateway));
  }
  stop(gateway);
  return { forecasts, decisions, outbound: gateway.fix.sent, refused: gateway.refused };
}

/** There is no forecast before C moves of an epoch are known. */
function settle(
  { seed, paths, moves }: ReferenceProfile,
  { target, sha256 }: ReferenceInputs,
  { context, timeNs }: { context: time.Context; timeNs: number },
): Settled | undefined {
  if (context.pairs.length < target.contextMoves) return undefined;
  const words = new DataView(sha256(time.noiseText(context, seed)).slice().buffer);
  const key = [words.getUint32(0, true), words.getUint32(4, true)] as const;
  const forecast = settledForecast(target, context, { key, paths, moves });
  const by = [target.modelHash, target.kernel, seed, paths, moves];
  const digest = sha256(time.identityText(context, by)).slice(0, 16);
  const id = Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('');
  return { forecast, id, timeNs };
}

function decideOn({ settled, worker, context }: Market, quote: Quote, gateway: Gateway): string {
  const { forecast, id, timeNs: forecastTimeNs } = settled!;
  const { position: positionLots } = gateway.desks[quote.instrument]!;
  const { nowNs: timeNs } = gateway.fix;
  const { wish, isSent } = decide(worker, { timeNs, quote, forecast, positionLots });
  if (isSent) onSignal(gateway, { ...wish, quote, forecastTimeNs });
  const { style, desiredLots, limitIncrements, midLow, midHigh } = wish;
  const wished = [style, desiredLots, limitIncrements, midLow, midHigh];
  return [timeNs, context.symbol, id, ...wished, isSent].join('|');
}

export function forecastText(id: string, { notReached, horizons }: Forecast): string {
  const rows = horizons.map(h => [h.mean, h.error, h.up, h.down, ...h.quantiles].join());
  return [id, notReached.join(), ...rows].join('|');
}
