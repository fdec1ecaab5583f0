/** Without these, a feed fault could do nothing, or outlive its end. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MILLISECOND_NS, SECOND_NS, seededRandom, virtualTime } from '#engine';
import { createDisturber, type Disturbance, type FeedBatch } from './disturb.ts';

/** Sends `count` batches 20 ms apart under a fault, ends it, and gives what came, by number. */
function sent(
  kind: Disturbance,
  {
    share,
    seed = 1,
    count = 100,
  }: {
    share: number;
    seed?: number;
    count?: number;
  },
): { during: number[]; all: number[]; longestNs: number } {
  const time = virtualTime();
  const came: FeedBatch[] = [];
  let longestNs = 0;
  const disturber = createDisturber({
    ...{ clock: time, timers: time, random: seededRandom(seed) },
    deliver(batch) {
      came.push(batch);
      longestNs = Math.max(longestNs, time.nowNs() - batch.arrivedNs);
    },
  });
  disturber.begin(kind, share);
  for (let number = 0; number < count; number++) {
    const arrivedNs = time.nowNs();
    disturber.push({ ticks: [], injectedNs: number, arrivedNs });
    time.advanceTo(arrivedNs + 20 * MILLISECOND_NS);
  }
  const numbers = () => came.map(({ injectedNs }) => injectedNs);
  const during = numbers();
  disturber.end(kind);
  disturber.push({ ticks: [], injectedNs: count, arrivedNs: time.nowNs() });
  time.advanceTo(time.nowNs() + SECOND_NS);
  return { during, all: numbers(), longestNs };
}

const inOrder = (count: number) => Array.from({ length: count }, (_, number) => number);
const rising = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);

describe('a disturbed feed', () => {
  it('loses everything in a gap, and nothing after it', () => {
    expect(sent('gap', { share: 0.25 })).toMatchObject({ during: [], all: [100] });
  });

  it('repeats some batches, each once, and loses none', () => {
    const { all } = sent('duplicate', { share: 0.25 });
    const again = all.length - 101;
    expect(again).toBeGreaterThan(10);
    expect(again).toBeLessThan(45);
    expect(new Set(all).size).toBe(101);
  });

  it('delivers every batch once, some out of order, none held longer than its bound', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0.2, max: 1, noNaN: true }), (seed, share) => {
        const { all, longestNs } = sent('reorder', { share, seed });
        expect(rising(all)).toEqual(inOrder(101));
        expect(longestNs).toBeLessThanOrEqual(250 * MILLISECOND_NS);
        if (share < 0.9) expect(all).not.toEqual(inOrder(101));
      }),
      { numRuns: 30 },
    );
  });

  it('is the same for the same seed', () => {
    const of = (seed: number) => sent('reorder', { share: 0.5, seed }).all;
    expect(of(3)).toEqual(of(3));
    expect(of(3)).not.toEqual(of(4));
  });

  it.each(['duplicate', 'reorder'] as const)('with a share of 0 a %s changes nothing', kind => {
    expect(sent(kind, { share: 0 }).all).toEqual(inOrder(101));
  });
});
