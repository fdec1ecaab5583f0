/** Without these, a threshold could be judged on the wrong values, or pass on none. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MILLISECOND_NS, SECOND_NS } from '#engine';
import { parseThreshold } from '../file/threshold.ts';
import { judgeThreshold, percentileOf } from './judge-threshold.ts';
import { emptyMeasured, type MetricName } from './metric.ts';

const STAGES = [
  { name: 'calm', fromNs: 0, toNs: 10 * SECOND_NS },
  { name: 'burst', fromNs: 10 * SECOND_NS, toNs: 20 * SECOND_NS },
];
const lengthNs = 20 * SECOND_NS;

function judged(
  metric: MetricName,
  subject: string,
  given: { expression: string; values: number[] },
) {
  const threshold = parseThreshold(subject, given.expression);
  if (typeof threshold === 'string') throw new Error(threshold);
  const samples = given.values.map((value, second) => ({ atNs: second * SECOND_NS, value }));
  return judgeThreshold(
    threshold,
    { ...emptyMeasured(), [metric]: samples },
    {
      ...{ stages: STAGES, lengthNs },
    },
  );
}

describe('percentiles', () => {
  it('are values that at least so many of all do not exceed, and fewer would not do', () => {
    const values = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 100 }), (all, percent) => {
        const found = percentileOf(all, percent);
        const needed = (percent / 100) * all.length;
        expect(all).toContain(found);
        expect(all.filter(one => one <= found).length).toBeGreaterThanOrEqual(needed - 1e-9);
        expect(all.filter(one => one < found).length).toBeLessThan(needed + 1e-9);
      }),
    );
  });
});

describe('a threshold', () => {
  const values = Array.from({ length: 20 }, (_, second) => (second + 1) * MILLISECOND_NS);

  it.each([
    ['p(50) < 11ms', 10, true],
    ['p(50) < 10ms', 10, false],
    ['med <= 10ms', 10, true],
    ['max < 20ms', 20, false],
    ['min >= 1ms', 1, true],
    ['avg == 10.5ms', 10.5, true],
  ])('%s of a trend is judged on its raw values', (expression, observedMs, isMet) => {
    const result = judged('ingest', 'ingest', { expression, values });
    expect(result).toMatchObject({ observed: observedMs * MILLISECOND_NS, values: 20, isMet });
  });

  it('of a stage takes the values of that stage alone', () => {
    const subject = 'ingest{stage:burst}';
    const result = judged('ingest', subject, { expression: 'min > 10ms', values });
    expect(result).toMatchObject({ observed: 11 * MILLISECOND_NS, values: 10, isMet: true });
    const rate = judged('moves', 'moves{stage:burst}', { expression: 'rate >= 1', values });
    expect(rate).toMatchObject({ observed: 1, isMet: true });
  });

  it('of a rate is the share of its values', () => {
    const hits = [1, 0, 0, 1, 1];
    const result = judged('hits', 'hits', { expression: 'rate > 59.9%', values: hits });
    expect(result).toMatchObject({ observed: 0.6, isMet: true });
  });

  it('is missed where nothing was measured, but for a count', () => {
    for (const expression of ['p(99) < 1s', 'max > 0ms']) {
      const result = judged('ingest', 'ingest', { expression, values: [] });
      expect(result).toMatchObject({ observed: undefined, isMet: false });
    }
    const none = judged('late', 'late', { expression: 'count == 0', values: [] });
    expect(none).toMatchObject({ observed: 0, isMet: true });
  });
});

describe('a threshold that cannot be', () => {
  it.each([
    ['speed', 'p(99) < 1ms', 'no metric'],
    ['ingest', 'rate > 1', 'ingest is a trend; ask for p(N)'],
    ['hits', 'p(50) > 0.1', 'hits is a rate; ask for rate'],
    ['ingest', 'p(101) < 1ms', 'is a trend'],
    ['ingest', 'p(99) < 20', 'give a time such as 20ms'],
    ['hits', 'rate > 20ms', 'give a number'],
    ['hits', 'rate about 1', 'write AGGREGATE < LIMIT'],
  ])('%s: %s is refused with its remedy', (subject, expression, remedy) => {
    expect(parseThreshold(subject, expression)).toContain(remedy);
  });
});
