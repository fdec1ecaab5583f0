/** Ticks to moves: each quote that changes the mid is a token more, and a hit or not. */
import { appendMove, isClipped, isReady, openEpoch } from '#law';
import { midHalfIncrements, type Quote, sessionNumber, type Tick } from '#market';
import type { EdgeEffects } from './effects.ts';
import type { EdgeEvent } from './event.ts';
import { forgetSpeculations, lookUp } from './forecast/look-ahead.ts';
import type { EdgeState, InstrumentState } from './state.ts';

/** Returns the instruments that were only refreshed: their forecast still holds at a new quote. */
export function observeTicks(
  state: EdgeState,
  event: EdgeEvent & { kind: 'ticks' },
  effects: EdgeEffects,
): number[] {
  const { ticks } = event;
  state.features.take(ticks);
  let refreshed = NONE;
  for (let at = 0; at < ticks.length; at++) {
    const tick = ticks[at]!;
    state.counts.ticks++;
    state.counts.merged += tick.merged ?? 0;
    if (tick.kind === 'gap') openEpochAfterGap(state, tick.instrument);
    if (tick.kind !== 'quote') continue;
    const instrument = state.instruments[tick.instrument]!;
    instrument.tickTimeNs = event.injectedNs;
    const moved = observeQuote(state, instrument, tick);
    if (moved) noteMove(state, tick.instrument, effects);
    if (instrument.forecast === undefined || hasQuoteAfter(ticks, at)) continue;
    if (refreshed === NONE) refreshed = [];
    refreshed.push(tick.instrument);
  }
  return refreshed;
}

const NONE: number[] = [];

/** Whether another quote of the same instrument follows in the batch. */
function hasQuoteAfter(ticks: readonly Tick[], at: number): boolean {
  const { instrument } = ticks[at]!;
  for (let later = at + 1; later < ticks.length; later++) {
    const tick = ticks[later]!;
    if (tick.kind === 'quote' && tick.instrument === instrument) return true;
  }
  return false;
}

/** The feed was lost. */
export function openGap(state: EdgeState, index: number): void {
  state.features.gap(index);
  openEpochAfterGap(state, index);
}

function openEpochAfterGap(state: EdgeState, index: number): void {
  const instrument = state.instruments[index]!;
  if (instrument.session !== undefined) startEpoch(state, instrument);
  instrument.session = undefined;
}

/** True when the mid moved within its epoch. */
function observeQuote(state: EdgeState, instrument: InstrumentState, quote: Quote): boolean {
  const session = sessionNumber(instrument.sessions, quote.exchangeTimeNs);
  const previousMid = instrument.quote === undefined ? 0 : midHalfIncrements(instrument.quote);
  keepQuote(instrument, quote);
  if (session !== instrument.session) {
    if (instrument.session !== undefined) startEpoch(state, instrument);
    instrument.session = session;
    return false;
  }
  const move = midHalfIncrements(quote) - previousMid;
  if (move === 0) return false;
  const { context } = instrument;
  appendMove(context, move);
  state.counts.moves++;
  if (isClipped(move, context.codes[context.contextMoves - 1]!)) state.counts.clipped++;
  return true;
}

/** A copy, in the same object each time: the tick may be one that its ring uses again. */
function keepQuote(instrument: InstrumentState, quote: Quote): void {
  if (instrument.quote === undefined) instrument.quote = { ...quote };
  const kept = instrument.quote;
  kept.exchangeTimeNs = quote.exchangeTimeNs;
  kept.isTimeEstimated = quote.isTimeEstimated;
  kept.receiveTimeNs = quote.receiveTimeNs;
  kept.merged = quote.merged;
  kept.bidIncrements = quote.bidIncrements;
  kept.askIncrements = quote.askIncrements;
  kept.bidLots = quote.bidLots;
  kept.askLots = quote.askLots;
}

function startEpoch(state: EdgeState, instrument: InstrumentState): void {
  state.counts.epochs++;
  if (instrument.awaits !== undefined) state.counts.overtaken++;
  openEpoch(instrument.context, instrument.context.epoch + 1);
  forgetSpeculations(instrument);
}

/** The forecast of the old context is void; a branch may hold the one of the new. */
function noteMove(state: EdgeState, index: number, effects: EdgeEffects): void {
  const instrument = state.instruments[index]!;
  instrument.forecast = undefined;
  if (instrument.awaits !== undefined) state.counts.overtaken++;
  instrument.awaits = undefined;
  dropTakes(effects, index);
  if (!isReady(instrument.context)) return;
  if (!effects.moved.includes(index)) effects.moved.push(index);
  const found = lookUp(instrument);
  if (found === undefined) {
    instrument.awaits = instrument.context.moveIndex;
    return;
  }
  state.counts.hits++;
  effects.takes.push({ instrument: index, ...found });
}

/** What an earlier move of the batch took is void. */
function dropTakes({ takes }: EdgeEffects, index: number): void {
  for (let at = takes.length - 1; at >= 0; at--) {
    if (takes[at]!.instrument === index) takes.splice(at, 1);
  }
}
