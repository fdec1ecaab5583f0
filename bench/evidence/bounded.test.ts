/** What keeps the evidence bounded: timelines, samples and paths over streams of any length. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPositionPath } from './position-path.ts';
import { createThinnedSample } from './thinned-sample.ts';
import { createTimeline } from './timeline.ts';

const gaps = fc.array(fc.oneof(fc.nat(10), fc.nat(100_000)), { minLength: 1, maxLength: 400 });

/** Times that rise by the gaps, from 1,000 on. */
function timesOf(rises: readonly number[]): number[] {
  let timeNs = 1000;
  return rises.map(gap => {
    timeNs += gap;
    return timeNs;
  });
}

describe('a timeline', () => {
  it('loses no count and moves none by more than a bucket, in bounded memory', () => {
    fc.assert(
      fc.property(gaps, rises => {
        const times = timesOf(rises);
        const timeline = createTimeline(['n'], { bucketsMax: 16, firstWidthNs: 4 });
        for (const timeNs of times) timeline.add(timeNs, { n: 1 });
        const { startNs, widthNs, buckets } = timeline.read();
        expect(buckets.length).toBeLessThanOrEqual(16);
        const expected = buckets.map(() => ({ n: 0 }));
        for (const timeNs of times) expected[Math.floor((timeNs - startNs) / widthNs)]!.n++;
        expect(buckets).toEqual(expected);
      }),
    );
  });

  it('keeps at least half of its buckets in use, or it would draw too little', () => {
    const timeline = createTimeline(['n'], { bucketsMax: 16, firstWidthNs: 4 });
    for (let timeNs = 0; timeNs < 100_000; timeNs += 3) timeline.add(timeNs, { n: 1 });
    expect(timeline.read().buckets.length).toBeGreaterThan(8);
  });
});

describe('a thinned sample', () => {
  it('is every n-th item from the first on, half full at least, whatever the length', () => {
    fc.assert(
      fc.property(fc.nat(3000), count => {
        const sample = createThinnedSample<number>(20);
        for (let item = 0; item < count; item++) sample.offer(() => item);
        const { items } = sample;
        expect(items.length).toBeLessThanOrEqual(20);
        expect(items.length).toBeGreaterThanOrEqual(Math.min(count, 10));
        const stride = items.length > 1 ? items[1]! - items[0]! : 1;
        expect(items).toEqual(items.map((_, at) => at * stride));
      }),
    );
  });

  it('makes no item that it does not keep', () => {
    const sample = createThinnedSample<number>(4);
    let made = 0;
    for (let item = 0; item < 1000; item++) sample.offer(() => made++);
    expect(made).toBeLessThan(40);
  });
});

describe('a position path', () => {
  it('ends where the position ended and holds only positions that were held', () => {
    fc.assert(
      fc.property(gaps, rises => {
        const points = timesOf(rises).map((at, lots) => ({ timeNs: at * 100_000, lots }));
        const path = createPositionPath(20);
        for (const point of points) path.add(point);
        expect(path.points.length).toBeLessThanOrEqual(20);
        expect(path.points.at(-1)).toEqual(points.at(-1));
        for (const point of path.points) expect(points).toContainEqual(point);
        const times = path.points.map(({ timeNs }) => timeNs);
        expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
      }),
      { numRuns: 50 },
    );
  });

  it('thins evenly in time: a busy minute must not push out a quiet day', () => {
    const path = createPositionPath(100);
    for (let hour = 0; hour < 20; hour++) path.add({ timeNs: hour * 3600e9, lots: hour });
    for (let n = 0; n < 10_000; n++) path.add({ timeNs: 20 * 3600e9 + n * 1e6, lots: 20 });
    const quiet = path.points.filter(({ lots }) => lots < 20);
    expect(quiet.length).toBe(20);
  });
});
