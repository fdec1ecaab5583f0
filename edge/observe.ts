/** Ticks to moves: each quote that changes the mid is a token more, and a hit or not. */
import { appendMove, isClipped, isReady, openEpoch, scaleCode } from '#law';
import { midHalfIncrements, type Quote, sessionNumber } from '#market';
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
  const refreshed: number[] = [];
  const last = event.ticks.length - 1;
  for (const [at, tick] of event.ticks.entries()) {
    state.counts.ticks++;
    if (tick.kind !== 'quote') continue;
    const instrument = state.instruments[tick.instrument]!;
    instrument.tickTimeNs = event.injectedNs;
    const moved = observeQuote(state, instrument, tick);
    if (moved) noteMove(state, tick.instrument, effects);
    const isLast = at === last || !event.ticks.some((t, i) => i > at && isQuoteOf(t, tick));
    if (isLast && instrument.forecast !== undefined) refreshed.push(tick.instrument);
  }
  return refreshed;
}

const isQuoteOf = (tick: { kind: string; instrument: number }, quote: Quote) =>
  tick.kind === 'quote' && tick.instrument === quote.instrument;

export function openGap(state: EdgeState, index: number): void {
  const instrument = state.instruments[index]!;
  if (instrument.session !== undefined) startEpoch(state, instrument);
  instrument.session = undefined;
}

/** True when the mid moved within its epoch. */
function observeQuote(state: EdgeState, instrument: InstrumentState, quote: Quote): boolean {
  const { calendar } = state.config.instruments[quote.instrument]!;
  const session = sessionNumber(calendar, state.config.originNs, quote.exchangeTimeNs);
  const previous = instrument.quote;
  instrument.quote = quote;
  if (session !== instrument.session) {
    if (instrument.session !== undefined) startEpoch(state, instrument);
    instrument.session = session;
    return false;
  }
  const move = midHalfIncrements(quote) - midHalfIncrements(previous!);
  if (move === 0) return false;
  state.counts.moves++;
  if (isClipped(move, scaleCode(instrument.context.scale))) state.counts.clipped++;
  appendMove(instrument.context, move);
  return true;
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
  effects.takes = effects.takes.filter(take => take.instrument !== index);
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
