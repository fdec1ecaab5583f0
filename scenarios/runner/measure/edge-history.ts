/** The edge's log as raw values: what came when, on the edge's own clock. */
import { readEdgeRecord } from '#edge';
import { ByteReader, type Nanoseconds, readLog } from '#engine';
import { midHalfIncrements, type Quote } from '#market';

export type EdgeHistory = {
  /** Each batch: when it was due, when the edge took it, and its quotes. */
  batches: { dueNs: Nanoseconds; takenNs: Nanoseconds; ticks: number; quotes: Quote[] }[];
  forecasts: EdgeForecast[];
  /** Moves whose deadline passed, and epochs that a lost feed opened. */
  lateNs: Nanoseconds[];
  gapNs: Nanoseconds[];
};

export type EdgeForecast = {
  timeNs: Nanoseconds;
  /** When the tick of its move was due. */
  dueNs: Nanoseconds;
  instrument: number;
  moveIndex: number;
  /** `hit`: verified before its move; `miss`: verified after it. */
  kind: 'provisional' | 'hit' | 'miss';
};

/** A run that was cut off has a torn end, which is left out. */
export function readEdgeHistory(directory: string): EdgeHistory {
  const history: EdgeHistory = { batches: [], forecasts: [], lateNs: [], gapNs: [] };
  const moved = new Map<number, { mid: number; dueNs: Nanoseconds }>();
  const reader = new ByteReader();
  let isAfterVerdict = false;
  for (const { payload } of readLog({ directory })) {
    reader.reset(payload);
    const record = readEdgeRecord(reader);
    const { timeNs } = record;
    switch (record.kind) {
      case 'ticks': {
        const { injectedNs, ticks } = record;
        const quotes = ticks.filter(tick => tick.kind === 'quote');
        for (const tick of ticks) if (tick.kind === 'gap') history.gapNs.push(timeNs);
        for (const quote of quotes) {
          const mid = midHalfIncrements(quote);
          if (moved.get(quote.instrument)?.mid === mid) continue;
          moved.set(quote.instrument, { mid, dueNs: injectedNs });
        }
        history.batches.push({ dueNs: injectedNs, takenNs: timeNs, ticks: ticks.length, quotes });
        break;
      }
      case 'forecast': {
        const { instrument, moveIndex, basis } = record;
        const kind = basis === 'provisional' ? basis : isAfterVerdict ? 'miss' : 'hit';
        const moveDueNs = moved.get(instrument)?.dueNs ?? timeNs;
        history.forecasts.push({ timeNs, dueNs: moveDueNs, instrument, moveIndex, kind });
        break;
      }
      case 'deadline':
        history.lateNs.push(timeNs);
        break;
      case 'gap':
        history.gapNs.push(timeNs);
        break;
    }
    isAfterVerdict = record.kind === 'verdict';
  }
  return history;
}
