/** A run on the virtual clock: the whole product in one process, its waits modelled. */

import { createEdge, type Edge, type EdgeEvent, noEdgeLatency } from '#edge';
import { type VirtualTime, virtualTime } from '#engine';
import {
  type Counterparty,
  createCounterparty,
  createGateway,
  type Gateway,
  type GatewayEvent,
  memoryStore,
  type QuoteFeed,
  quoteFeed,
  quoteIntervals,
  type RecordedMarket,
  recordedMarket,
  type VenueEvent,
} from '#gateway';
import type { Quote, Tick } from '#market';
import { createVerifierSession } from '#verifier';
import type { Answer, VerifierLink } from '#verifier/protocol';
import { batchOf } from './batch.ts';
import { durationNs } from './duration.ts';
import { gatewayConfig, paperVenueTerms } from './gateway-settings.ts';
import { modelledDelays } from './modelled-delays.ts';
import { modelledVerifier } from './modelled-verifier.ts';
import type { RunObserver } from './observer.ts';
import { edgeOptions, policyOf, type RunSetting, verifierTerms } from './settings.ts';
import { virtualSideInputs } from './side-inputs.ts';

/** The venue has this long to answer the last cancels and the logout. */
const STOP_NS = 5_000_000_000;
/** On the virtual clock no connection is lost, so nothing is asked for again. */
const STORED_MESSAGES_MAX = 1024;

export type VirtualPorts = {
  journalEdge(event: EdgeEvent): void;
  /** Makes what was journalled outlive the process, before a signal leaves the edge. */
  flushEdge(): void;
  journalGateway(event: GatewayEvent): void;
  /** Bytes the gateway sends, once what caused them is on disk. */
  onSent(bytes: Uint8Array): void;
  /** The same bytes a delay later. */
  onVenueReceived(bytes: Uint8Array): void;
  observer: RunObserver;
};

type World = {
  time: VirtualTime;
  edge: Edge;
  gateway: Gateway;
  quotes: QuoteFeed;
  market: RecordedMarket;
  counterparty: Counterparty;
  observer: RunObserver;
  isLockstep: boolean;
  freezeSideInputs(ticks: readonly Tick[]): void;
};

export async function runVirtual(
  setting: RunSetting,
  ticks: AsyncIterable<Tick[]>,
  ports: VirtualPorts,
): Promise<void> {
  const { duration } = setting.config;
  let world: World | undefined;
  let endNs = Number.POSITIVE_INFINITY;
  const batch: Tick[] = [];
  for await (const read of ticks) {
    for (const tick of read) {
      const timeNs = tick.exchangeTimeNs;
      if (world === undefined) {
        world = createWorld(setting, ports, timeNs);
        if (duration !== undefined) endNs = timeNs + durationNs(duration);
      }
      if (timeNs > endNs) break;
      const isTogether = batch.length > 0 && batch[0]!.exchangeTimeNs === timeNs;
      if (!isTogether || world.isLockstep) enter(world, batch);
      batch.push(tick);
    }
    if (read.at(-1)!.exchangeTimeNs > endNs) break;
  }
  if (world === undefined) return;
  enter(world, batch);
  world.gateway.command('stop');
  world.time.advanceTo(world.time.nowNs() + STOP_NS);
}

/** Ticks of one instant: the venue knows them first, then the edge decides once. */
function enter(world: World, batch: Tick[]): void {
  if (batch.length === 0) return;
  const { time, market, counterparty, observer, edge, isLockstep } = world;
  // An exchange may say an earlier time than an estimate before it: the run's own never goes back.
  const timeNs = Math.max(time.nowNs(), batch[0]!.exchangeTimeNs);
  time.advanceTo(timeNs);
  const events: VenueEvent[] = [];
  for (const tick of batch) {
    if (tick.kind !== 'quote') continue;
    market.onQuote(tick satisfies Quote, events);
    observer.onQuote(tick, timeNs);
  }
  counterparty.onMarket(events);
  if (isLockstep) time.advanceTo(timeNs);
  world.quotes.onTicks(batch, timeNs);
  edge.onTicks(batch.slice(), timeNs);
  edge.publish();
  if (isLockstep) time.advanceTo(timeNs);
  world.freezeSideInputs(batch);
  if (isLockstep) time.advanceTo(timeNs);
  batch.length = 0;
}

function createWorld(setting: RunSetting, ports: VirtualPorts, startNs: number): World {
  const { config, instruments } = setting;
  const { observer } = ports;
  const time = virtualTime(startNs);
  const { quoteSizeLots, bandIncrements } = config;
  const market = recordedMarket(instruments.map(() => ({ quoteSizeLots, bandIncrements })));
  const { gateway, counterparty, connect } = createTrading(setting, {
    ...{ ports, time, market },
    onPosition: (instrument, positionLots) => edge.onPosition(instrument, positionLots),
  });
  const policy = policyOf(config, observer.onParent);
  const edge: Edge = createEdge(edgeOptions(setting, policy), {
    clock: time,
    timers: time,
    link: createVerifier(setting, time, answer => {
      observer.onAnswer(answer);
      edge.onAnswer(answer);
    }),
    journal: ports.journalEdge,
    flush: ports.flushEdge,
    onSignal: signal => gateway.onSignal(signal),
    onDecision: decision => observer.onDecision(decision),
    onSettled: settled => observer.onSettled(settled),
    latency: noEdgeLatency,
  });
  observer.onStart({ edge: edge.state, gateway: gateway.state });
  connect();
  if (config.lockstep) time.advanceTo(startNs);
  const freezeSideInputs = virtualSideInputs(edge, setting.target.sideInputs);
  const quotes = quoteFeed({ clock: time, timers: time, send: gateway.onQuote });
  quotes.subscribe(quoteIntervals(gateway.state.config));
  const parts = { time, edge, gateway, quotes, market, counterparty, observer, freezeSideInputs };
  return { ...parts, isLockstep: config.lockstep };
}

type TradingParts = {
  ports: VirtualPorts;
  time: VirtualTime;
  market: RecordedMarket;
  onPosition(instrument: number, positionLots: number): void;
};

/** Gateway and venue, and the delay between them. */
function createTrading(setting: RunSetting, { ports, time, market, onPosition }: TradingParts) {
  const { originNs } = setting;
  const { venueOneWayNs } = modelledDelays(setting.config);
  const after = (delayNs: number, callback: () => void) =>
    time.at(time.nowNs() + delayNs, callback);
  const config = gatewayConfig(setting);
  let wire: ReturnType<Counterparty['opened']> | undefined;
  const gateway: Gateway = createGateway(config, {
    clock: time,
    timers: time,
    journal: ports.journalGateway,
    send(bytes) {
      ports.onSent(bytes);
      after(venueOneWayNs, () => {
        ports.onVenueReceived(bytes);
        wire?.onBytes(bytes);
      });
    },
    disconnect() {
      after(venueOneWayNs, () => wire?.onClose());
      after(0, () => gateway.onDisconnected());
    },
    onPosition,
    onEffects: (effects, timeNs) => ports.observer.onGateway(effects, timeNs),
  });
  const counterparty = createCounterparty({
    ...{ ...paperVenueTerms(setting), originNs, market, clock: time, timers: time },
    store: memoryStore({ messagesMax: STORED_MESSAGES_MAX }),
  });
  const connect = () => {
    wire = counterparty.opened({
      write: bytes => after(venueOneWayNs, () => gateway.onBytes(bytes)),
      end: () => after(venueOneWayNs, () => gateway.onDisconnected()),
    });
    gateway.onConnected();
  };
  return { gateway, counterparty, connect };
}

function createVerifier(
  setting: RunSetting,
  time: VirtualTime,
  onAnswer: (answer: Answer) => void,
): VerifierLink {
  const { config, target, draft } = setting;
  const { verifierOneWayNs: oneWayNs, serviceNs } = modelledDelays(config);
  const terms = verifierTerms(setting);
  const options = { target, draft, terms, contextsPerPass: batchOf(config), clock: time };
  const session = createVerifierSession({ ...options, isLazy: true });
  return modelledVerifier(session, time, {
    oneWayNs,
    serviceNs,
    branches: config.branches,
    onAnswer,
  });
}
