/** Speculations and the moves they were made for: which verdict answers the market's present. */
import { forecastIdentity, freezeSideInputs } from '#law';
import type { EdgeEffects, Take } from '../effects.ts';
import type { EdgeEvent } from '../event.ts';
import { ASKED_MAX, type Asked, type EdgeState, type InstrumentState } from '../state.ts';
import { noteDrafts } from './acceptance.ts';

type Found = Omit<Take, 'instrument'>;

/** A settled branch that assumed exactly the move that just happened. */
export function lookUp(instrument: InstrumentState): Found | undefined {
  for (const asked of instrument.asked) {
    if (asked.state === 'settled') {
      const found = answerIn(instrument, asked);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Whether a speculation speaks of the present context: as its present, or as the branch taken. */
function answerIn({ context }: InstrumentState, asked: Asked): Found | undefined {
  if (asked.epoch !== context.epoch) return undefined;
  if (asked.sideInputVersion !== context.sideInputs.version) return undefined;
  const { requestId } = asked;
  if (asked.moveIndex === context.moveIndex) {
    return asked.wantsPresent ? { requestId, branch: undefined } : undefined;
  }
  if (asked.moveIndex !== context.moveIndex - 1) return undefined;
  const branch = context.tokens[context.contextMoves - 1]!;
  return asked.branches.includes(branch) ? { requestId, branch } : undefined;
}

export function noteAsked(state: EdgeState, event: EdgeEvent & { kind: 'asked' }): void {
  const { asked, context } = state.instruments[event.instrument]!;
  const { requestId, wantsPresent, branches } = event;
  const { epoch, moveIndex } = context;
  const sideInputVersion = context.nextSideInputs.version;
  asked.push({
    ...{ requestId, epoch, moveIndex, sideInputVersion, wantsPresent, branches },
    state: 'waiting',
  });
  const stale = asked.findIndex(a => a.epoch === epoch && a.moveIndex >= moveIndex - 1);
  asked.splice(0, Math.max(stale, asked.length - ASKED_MAX));
}

/** Speculations of which a request awaits its answer; the requests of each follow one another. */
export function speculationsWaiting(asked: readonly Asked[]): number {
  let count = 0;
  let moveIndex: number | undefined;
  for (const each of asked) {
    if (each.state !== 'waiting' || each.moveIndex === moveIndex) continue;
    moveIndex = each.moveIndex;
    count++;
  }
  return count;
}

/** An answer for the present, while it is awaited, asks for its forecast. */
export function noteAnswer(
  state: EdgeState,
  event: EdgeEvent & { kind: 'verdict' | 'unanswered' },
  effects: EdgeEffects,
): void {
  const instrument = state.instruments[event.instrument]!;
  if (event.kind === 'verdict' && event.drafts !== undefined) {
    noteDrafts(instrument.acceptance, event.drafts);
  }
  const at = instrument.asked.findIndex(({ requestId }) => requestId === event.requestId);
  if (at < 0) return;
  if (event.kind === 'unanswered') {
    instrument.asked.splice(at, 1);
    return;
  }
  const asked = instrument.asked[at]!;
  asked.state = 'settled';
  if (instrument.awaits === undefined) return;
  const found = answerIn(instrument, asked);
  if (found !== undefined) effects.takes.push({ instrument: event.instrument, ...found });
}

/** False for a forecast of a context that is no longer the present one. */
export function noteForecast(state: EdgeState, event: EdgeEvent & { kind: 'forecast' }): boolean {
  const instrument = state.instruments[event.instrument]!;
  if (event.moveIndex !== instrument.context.moveIndex) return false;
  const { basis, moveIndex, timeNs, forecast } = event;
  if (basis === 'provisional') {
    state.counts.provisional++;
  } else if (instrument.awaits === moveIndex) {
    state.counts.verifiedLater++;
    instrument.awaits = undefined;
  }
  const { context } = instrument;
  let known: string | undefined;
  // Hashing costs more than all else on the way to a decision, and few decisions are sent.
  const forecastId = () => {
    known ??= forecastIdentity(context, state.config.identity);
    return known;
  };
  instrument.forecast = { basis, moveIndex, timeNs, forecast, forecastId };
  return true;
}

/** The present stands; branches asked under an older version no longer speak of what may come. */
export function noteSideInputs(state: EdgeState, event: EdgeEvent & { kind: 'side-inputs' }): void {
  const { context } = state.instruments[event.instrument]!;
  if (event.moveIndex !== context.moveIndex) return;
  const { version, values } = event;
  freezeSideInputs(context, { version, values });
  state.counts.sideInputVersions++;
}

/** Past its deadline a move keeps its provisional forecast: never a mix with settled paths. */
export function noteDeadline(state: EdgeState, event: EdgeEvent & { kind: 'deadline' }): void {
  const instrument = state.instruments[event.instrument]!;
  if (instrument.awaits !== event.moveIndex) return;
  instrument.awaits = undefined;
  state.counts.late++;
}

/** A new epoch: nothing asked or forecast before it speaks of it. */
export function forgetSpeculations(instrument: InstrumentState): void {
  instrument.asked.length = 0;
  instrument.forecast = undefined;
  instrument.awaits = undefined;
}
