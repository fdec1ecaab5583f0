/** Times of day: without these tests, ticks of a burst could swap places. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_STEPS } from '../decimal.ts';
import { parseTimeOfDay } from './time-of-day.ts';

function parse(text: string): number {
  const bytes = Buffer.from(`,${text},`);
  return parseTimeOfDay(bytes, 1, bytes.length - 1);
}

describe('time of day', () => {
  it('is exact to the nanosecond for any decimals, or ticks of a burst would swap', () => {
    const milliseconds = fc.integer({ min: 0, max: 86_399_999 });
    fc.assert(
      fc.property(milliseconds, fc.stringMatching(/^[0-9]{1,9}$/), (whole, decimals) => {
        const expected = whole * 1_000_000 + Number(decimals.padEnd(6, '0').slice(0, 6));
        expect(parse(`${whole}.${decimals}`)).toBe(expected);
        expect(parse(`${whole}`)).toBe(whole * 1_000_000);
      }),
    );
    expect(parse('46.2042')).toBe(46_204_200);
  });

  it.each(['', '.', '.5', '86400000', '99999999999999', 'NaN', '1e3', '1.2.3', '12:30', '-'])(
    'does not take %j for a time',
    text => {
      expect(parse(text)).toBe(NO_STEPS.malformed);
    },
  );

  it('tells a time before midnight', () => {
    expect(parse('-1.5')).toBe(NO_STEPS.belowZero);
  });
});
