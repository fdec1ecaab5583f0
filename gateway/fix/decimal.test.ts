/** Decimals come back exactly or not at all. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDecimal, isDecimal, parseDecimal } from './decimal.ts';

const decimals = fc.integer({ min: 0, max: 15 });

describe('decimal', () => {
  it('writes every digit of a price, as venues that compare text expect', () => {
    expect(formatDecimal(138_700, 5)).toBe('1.38700');
    expect(formatDecimal(-5, 3)).toBe('-0.005');
    expect(formatDecimal(0, 2)).toBe('0.00');
    expect(formatDecimal(42, 0)).toBe('42');
    expect(() => formatDecimal(0.5, 2)).toThrow(/safe integer/);
    expect(() => formatDecimal(1, 16)).toThrow(/0 to 15/);
  });

  it('comes back as the same integer, or an order would leave at another price', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), decimals, (value, places) => {
        const text = formatDecimal(value, places);
        expect(isDecimal(text)).toBe(true);
        expect(parseDecimal(text, places)).toBe(value);
      }),
    );
  });

  it.each([
    ['1.387', 5, 138_700],
    ['1.38700000', 5, 138_700],
    ['1.387001', 5, undefined],
    ['0001.5', 1, 15],
    ['1.', 2, 100],
    ['.5', 1, 5],
    ['-0', 2, 0],
    ['-0.01', 2, -1],
    ['9007199254740991', 0, Number.MAX_SAFE_INTEGER],
    ['9007199254740992', 0, undefined],
    ['9007199254740991', 1, undefined],
    ['1e5', 5, undefined],
    ['+1', 0, undefined],
    ['--1', 0, undefined],
    ['1.2.3', 4, undefined],
    ['.', 2, undefined],
    ['-', 2, undefined],
    ['', 2, undefined],
    ['NaN', 2, undefined],
  ])('reads %s with %d decimals exactly or not at all', (text, places, value) => {
    expect(parseDecimal(text, places)).toBe(value);
  });

  it('takes no text that is not a decimal, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789.-+e ') }), text => {
        expect(isDecimal(text)).toBe(/^-?(\d+\.?\d*|\.\d+)$/.test(text));
        if (!isDecimal(text)) expect(parseDecimal(text, 5)).toBeUndefined();
      }),
    );
  });
});
