/** Merges ticks of several sources by exchange time, of one instant in the sources' order. */
import type { Nanoseconds } from '#engine';
import type { Tick } from './tick.ts';

/** Ticks in a batch: enough to make the wait a batch costs vanish, few enough to be no delay. */
export const BATCH_TICKS_MAX = 512;

type Head = { batches: AsyncIterator<Tick[]>; batch: Tick[]; at: number };

/**
 * Each source is in time order; looks ahead one batch a source and closes all when it is left.
 * @yields batches of at most BATCH_TICKS_MAX ticks, never empty.
 */
export async function* mergeTicks(
  sources: readonly AsyncIterable<Tick[]>[],
): AsyncGenerator<Tick[]> {
  const opened = sources.map(source => source[Symbol.asyncIterator]());
  try {
    let heads: Head[] = opened.map(batches => ({ batches, batch: [], at: 0 }));
    heads = await refill(heads);
    let out: Tick[] = [];
    while (heads.length > 0) {
      const first = earliest(heads);
      const head = heads[first]!;
      const limitNs = othersNextNs(heads, first);
      while (head.at < head.batch.length && head.batch[head.at]!.exchangeTimeNs <= limitNs) {
        out.push(head.batch[head.at++]!);
        if (out.length === BATCH_TICKS_MAX) {
          yield out;
          out = [];
        }
      }
      if (head.at === head.batch.length) heads = await refill(heads);
    }
    if (out.length > 0) yield out;
  } finally {
    for (const batches of opened) await batches.return?.();
  }
}

/** Gets the next batch where one is used up and drops the sources that have ended. */
async function refill(heads: readonly Head[]): Promise<Head[]> {
  const live: Head[] = [];
  for (const head of heads) {
    while (head.at === head.batch.length) {
      const next = await head.batches.next();
      if (next.done) break;
      head.batch = next.value;
      head.at = 0;
    }
    if (head.at < head.batch.length) live.push(head);
  }
  return live;
}

/** Index of the source with the earliest tick, the first of equals. */
function earliest(heads: readonly Head[]): number {
  let best = 0;
  for (let index = 1; index < heads.length; index++) {
    if (nextNs(heads[index]!) < nextNs(heads[best]!)) best = index;
  }
  return best;
}

/** The last time up to which source `first` may go on before another one's turn. */
function othersNextNs(heads: readonly Head[], first: number): Nanoseconds {
  let limitNs = Number.POSITIVE_INFINITY;
  for (let index = 0; index < heads.length; index++) {
    if (index === first) continue;
    const turnNs = index < first ? nextNs(heads[index]!) - 1 : nextNs(heads[index]!);
    if (turnNs < limitNs) limitNs = turnNs;
  }
  return limitNs;
}

function nextNs(head: Head): Nanoseconds {
  return head.batch[head.at]!.exchangeTimeNs;
}
