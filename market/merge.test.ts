/** Merging: without these tests, a replay could meet its ticks in another order. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BATCH_TICKS_MAX, mergeTicks } from './merge.ts';
import type { Tick, Trade } from './tick.ts';

/** A source of batches, telling what it was asked for. */
function source(batches: Tick[][], seen = { batches: 0, closed: false }) {
  async function* read() {
    try {
      for (const batch of batches) {
        seen.batches++;
        yield batch;
      }
    } finally {
      seen.closed = true;
    }
  }
  return read();
}

function trade(instrument: number, exchangeTimeNs: number, priceIncrements = 1): Trade {
  return { kind: 'trade', instrument, exchangeTimeNs, priceIncrements };
}

async function collect(batches: AsyncIterable<Tick[]>): Promise<Tick[]> {
  const ticks: Tick[] = [];
  for await (const batch of batches) {
    expect(batch.length).toBeGreaterThan(0);
    expect(batch.length).toBeLessThanOrEqual(BATCH_TICKS_MAX);
    ticks.push(...batch);
  }
  return ticks;
}

describe('merge', () => {
  it('equals a stable sort by time, or replays would differ in the order of ticks', async () => {
    const times = fc.array(fc.nat(20), { maxLength: 30 }).map(list => list.sort((a, b) => a - b));
    const cut = fc.integer({ min: 1, max: 5 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(times, cut), { maxLength: 5 }), async lists => {
        const sources = lists.map(([list, size], index) => {
          const ticks = list.map((timeNs, order) => trade(index, timeNs, order));
          const starts = ticks.filter((_, at) => at % size === 0).map((_, at) => at * size);
          return starts.map(at => ticks.slice(at, at + size));
        });
        const sorted = sources.flat(2).sort((a, b) => a.exchangeTimeNs - b.exchangeTimeNs);
        const merged = await collect(mergeTicks(sources.map(batches => source(batches))));
        expect(merged).toEqual(sorted);
      }),
    );
  });

  it('keeps batches bounded however long one source goes on alone', async () => {
    const ticks = Array.from({ length: 3000 }, (_, at) => trade(0, at));
    expect(await collect(mergeTicks([source([ticks]), source([[trade(1, 5000)]])]))).toHaveLength(
      3001,
    );
  });

  it('looks one batch ahead and closes every source when left, or files stay open', async () => {
    const seen = [0, 1].map(() => ({ batches: 0, closed: false }));
    const batches = Array.from({ length: 9 }, (_, at) =>
      Array.from({ length: BATCH_TICKS_MAX }, () => trade(0, at)),
    );
    for await (const _ of mergeTicks(seen.map(note => source(batches, note)))) break;
    expect(seen).toEqual([
      { batches: 1, closed: true },
      { batches: 1, closed: true },
    ]);
  });
});
