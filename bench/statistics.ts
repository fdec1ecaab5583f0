/** Ratios of medians with an interval, from rounds in which every side was measured once. */

import { seededRandom } from '#engine';

/** `ratio` is the other side over the first; 95 % of resampled rounds give `low` to `high`. */
export type Ratio = { ratio: number; low: number; high: number };

const RESAMPLES = 2000;
const TAIL = 0.025;

/** Of an even count the mean of the two in the middle; of nothing it is not a number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * The ratio of medians of two sides over the same rounds, `sides[round] = [first, other]`, with a
 * percentile bootstrap over whole rounds: what a busy neighbour did to a round, it did to both.
 */
export function ratioOf(rounds: readonly (readonly [number, number])[]): Ratio {
  const random = seededRandom('ratio');
  const ratioOfRounds = (drawn: typeof rounds) =>
    median(drawn.map(([, other]) => other)) / median(drawn.map(([first]) => first));
  const resampled = Array.from({ length: RESAMPLES }, () =>
    ratioOfRounds(rounds.map(() => rounds[Math.floor(random.nextFloat() * rounds.length)]!)),
  ).sort((one, other) => one - other);
  const at = (share: number) => resampled[Math.round(share * (RESAMPLES - 1))]!;
  return { ratio: ratioOfRounds(rounds), low: at(TAIL), high: at(1 - TAIL) };
}

/**
 * What a ratio says beside the same side measured twice: `unclear` as long as the two intervals
 * touch, or the ratio is within 3 % of 1, which a shared machine does by itself.
 */
export function judgeRatio(between: Ratio, same: Ratio): 'slower' | 'faster' | 'unclear' {
  if (between.low > Math.max(same.high, 1 + RESOLUTION)) return 'slower';
  if (between.high < Math.min(same.low, 1 - RESOLUTION)) return 'faster';
  return 'unclear';
}

const RESOLUTION = 0.03;

/** A new order of the items, drawn uniformly. */
export function shuffled<Item>(items: readonly Item[], nextFloat: () => number): Item[] {
  const order = [...items];
  for (let at = order.length - 1; at > 0; at--) {
    const other = Math.floor(nextFloat() * (at + 1));
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
  return order;
}
