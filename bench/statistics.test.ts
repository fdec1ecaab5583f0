/** Ratios of medians: what they must find, and what they must not. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '#engine';
import { judgeRatio, median, ratioOf, shuffled } from './statistics.ts';

it('takes the middle, or figures of an even count would lean to one side', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([])).toBeNaN();
});

describe('a ratio of medians', () => {
  it('finds a tenth more under neighbours that slow whole rounds fivefold', () => {
    const { between, same } = measured(1.1);
    expect(between.ratio).toBeGreaterThan(1.05);
    expect(judgeRatio(between, same)).toBe('slower');
    expect(judgeRatio(measured(1 / 1.1).between, same)).toBe('faster');
  });

  it('calls a side beside itself unclear, or every comparison would find something', () => {
    const { between, same } = measured(1);
    expect(judgeRatio(between, same)).toBe('unclear');
    expect(judgeRatio({ ratio: 1.02, low: 1.015, high: 1.025 }, same)).toBe('unclear');
  });
});

it('draws every order, or the first place would always be one side’s', () => {
  const { nextFloat } = seededRandom(1);
  const orders = Array.from({ length: 200 }, () => shuffled(['a', 'b', 'c'], nextFloat).join(''));
  expect(new Set(orders).size).toBe(6);
});

/** Rounds of three, of which every third meets a busy neighbour; the other side takes `factor`. */
function measured(factor: number) {
  const random = seededRandom('rounds');
  const rounds = Array.from({ length: 60 }, (_, round) => {
    const busy = round % 3 === 0 ? 5 : 1;
    const once = () => 1000 * busy * (1 + 0.05 * random.nextFloat());
    return [once(), once(), once() * factor] as const;
  });
  return {
    between: ratioOf(rounds.map(([first, , other]) => [first, other] as const)),
    same: ratioOf(rounds.map(([first, again]) => [first, again] as const)),
  };
}
