/** Faults of a group are planted: a judge that misses one would pass a runtime that loses. */
import { describe, expect, it } from 'vitest';
import { type BarsInput, judgeBars } from './bars-exact.ts';

const RULES = { windowMs: 1_000, latenessMs: 200, outOfOrderMs: 100, aheadMaxMs: 5_000 };

/** Numbered records of one key by their times; each sent 10 ms after its own. */
const tradesAt = (...timesMs: number[]) =>
  timesMs.map((timeMs, at) => ({
    ...{ partition: 0, key: 'A', number: at + 1, sentMs: Math.min(timeMs, 9_000) + 10, timeMs },
  }));

/**
 * Two bars; the fourth comes when event time is 2,200: its bar has taken records up to 1,200. The
 * sixth is an hour ahead.
 */
const sound: BarsInput = {
  sent: new Map([['A', 6]]),
  trades: tradesAt(100, 1_100, 2_300, 900, 2_200, 3_600_000),
  bars: [
    { key: 'A', number: 1, startMs: 0, count: 1, sum: 1 },
    { key: 'A', number: 2, startMs: 1_000, count: 1, sum: 2 },
    { key: 'A', number: 3, startMs: 2_000, count: 1, sum: 3 },
    { key: 'A', number: 5, startMs: 2_000, count: 2, sum: 8 },
  ],
  late: [{ key: 'A', number: 4 }],
  dead: [{ key: 'A', number: 6 }],
};
const { bars, trades, late } = sound;
const without = <Each>(list: readonly Each[], at: number) => list.filter((_, each) => each !== at);
const twice = <Each>(list: readonly Each[], at: number) => list.toSpliced(at, 0, list[at]!);

describe('results of a group', () => {
  it('are taken where they are what the rules say', () => {
    expect(judgeBars(sound, RULES)).toMatchObject({ checked: 6, violations: [] });
  });

  it.each<[string, Partial<BarsInput>, string]>([
    ['a lost one', { bars: without(bars, 1) }, '1 results lost'],
    ['a lost last one', { bars: without(bars, 3) }, '1 results lost'],
    ['a doubled one', { bars: twice(bars, 1) }, '1 results too many'],
    ['two that changed places', { bars: bars.toReversed() }, 'where bar 0 with record 1'],
    ['a record counted twice', { bars: bars.with(3, { ...bars[3]!, count: 3 }) }, '3 of sum 8'],
    ['a late record that nobody told', { late: [] }, '1 late records lost'],
    ['one that was called late and was not', { late: twice(late, 0) }, '1 late records too many'],
    ['one ahead that was dropped', { dead: [] }, '1 dead letters lost'],
    ['an input that lost one', { trades: without(trades, 0) }, 'is in the input where 1 belongs'],
    ['an input without its last', { trades: without(trades, 5) }, '5 of 6 in the input'],
    ['no results', { bars: [] }, '4 results lost'],
  ])('are refused with %s', (_, change, problem) => {
    expect(judgeBars({ ...sound, ...change }, RULES).violations.join('; ')).toContain(problem);
  });
});
