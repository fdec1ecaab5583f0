/** Decimals: without these tests, prices could drift by an increment. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatSteps,
  incrementOf,
  NO_STEPS,
  parseSteps,
  stepsParser,
  textStepsParser,
} from './decimal.ts';

const increments = fc.constantFrom('0.00001', '0.001', '0.01', '0.10', '0.25', '1', '1000', '5');
const steps = fc.integer({ min: 0, max: 2 ** 31 });

function parse(text: string, increment: string, shift: number): number {
  const bytes = Buffer.from(`x${text}x`);
  return stepsParser(incrementOf(increment), shift)(bytes, 1, bytes.length - 1);
}

describe('decimal', () => {
  it('gives back every number of steps it wrote, or prices would drift', () => {
    fc.assert(
      fc.property(increments, steps, (text, count) => {
        const increment = incrementOf(text);
        expect(parseSteps(formatSteps(count, increment), increment)).toBe(count);
      }),
    );
  });

  it('agrees with big integers on any decimal text, or floats have crept in', () => {
    const shifts = fc.constantFrom(0, 4);
    const digits = (max: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${max}}$`));
    fc.assert(
      fc.property(increments, digits(7), digits(7), shifts, (step, a, b, shift) => {
        const { mantissa, decimals } = incrementOf(step);
        const numerator = BigInt(a + b) * 10n ** BigInt(decimals);
        const divisor = BigInt(mantissa) * 10n ** BigInt(b.length + shift);
        const whole = numerator % divisor === 0n;
        const expected = whole ? Number(numerator / divisor) : NO_STEPS.offIncrement;
        expect(parse(`${a}.${b}`, step, shift)).toBe(expected);
      }),
    );
  });

  it('reads prices written times 10,000 and trailing zeros, or equities are far off', () => {
    expect(parse('491800', '0.01', 4)).toBe(4918);
    expect(parse('491850', '0.01', 4)).toBe(NO_STEPS.offIncrement);
    expect(parse('1284.4', '0.001', 0)).toBe(1_284_400);
    expect(parse('61685.99000000', '0.01', 0)).toBe(6_168_599);
    expect(parse('1.386265', '0.00001', 0)).toBe(NO_STEPS.offIncrement);
  });

  it.each(['', '.', '-', 'NaN', '1e5', '1.2.3', '+1', ' 1', '1,2', '0x1', '1234567890123456'])(
    'does not take %j for a number',
    text => {
      expect(parse(text, '0.01', 0)).toBe(NO_STEPS.malformed);
    },
  );

  it('reads text as it reads bytes, or a live price would differ from its recording', () => {
    const anything = fc.stringMatching(/^-?[0-9.]{0,17}$/);
    fc.assert(
      fc.property(increments, anything, (step, text) => {
        const ofBytes = parse(text, step, 0);
        const ofText = textStepsParser(incrementOf(step))(text);
        const isLong = text.replaceAll(/[-.]/g, '').length > 15;
        if (!isLong) expect(ofText).toBe(ofBytes);
      }),
    );
    const lots = textStepsParser(incrementOf('0.00000001'));
    expect(lots('000123456789.10000000')).toBe(NO_STEPS.malformed);
    expect(lots('23456789.10000000')).toBe(2_345_678_910_000_000);
    for (const text of ['', '.', '-', '-.', '1e5', '1.2.3', ' 1', '9'.repeat(33)]) {
      expect(lots(text)).toBe(NO_STEPS.malformed);
    }
  });

  it('tells a negative number from an unreadable one', () => {
    expect(parse('-1.25', '0.01', 0)).toBe(NO_STEPS.belowZero);
    expect(parse('-0', '0.01', 0)).toBe(0);
  });

  it.each(['0', '-1', '1e-5', '', '0.0000000000001', 'abc'])('refuses the increment %j', text => {
    expect(() => incrementOf(text, 'priceIncrement')).toThrow(/priceIncrement .* plain decimal/);
  });

  it('writes negative steps too, as a mid can move down', () => {
    expect(formatSteps(-25, incrementOf('0.01'))).toBe('-0.25');
    expect(formatSteps(2 ** 53 - 1, incrementOf('0.25'))).toBe('2251799813685247.75');
  });
});
