/** Integer probabilities against the reference and against real exponentials. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as reference from '#reference';
import { entropyPpm, PROBABILITY_ONE, probabilitiesQ24 } from './probability.ts';
import { TOKENS } from './tokeniser.ts';

const logit = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.integer({ min: -30 * 65_536, max: 0 }),
  fc.constantFrom(-(2 ** 30), 2 ** 30, -22 * 65_536, -22 * 65_536 + 1),
);
const rows = fc.array(logit, { minLength: TOKENS, maxLength: TOKENS });

function probabilitiesOf(row: readonly number[]): number[] {
  const out = new Int32Array(3 * TOKENS);
  const table = Int32Array.from([...new Array(TOKENS).fill(9), ...row]);
  probabilitiesQ24(table, TOKENS, { out, outOffset: 2 * TOKENS });
  expect(out.subarray(0, 2 * TOKENS).every(value => value === 0)).toBe(true);
  return [...out.subarray(2 * TOKENS)];
}

it('has the bits of the reference for any row, or digests would differ', () => {
  fc.assert(
    fc.property(rows, row => {
      expect(probabilitiesOf(row)).toEqual(reference.probabilitiesQ24(row));
    }),
  );
});

it('sums to one and follows the softmax to seven digits', () => {
  fc.assert(
    fc.property(rows, row => {
      const probabilities = probabilitiesOf(row);
      expect(probabilities.reduce((sum, p) => sum + p, 0)).toBe(PROBABILITY_ONE);
      const highest = Math.max(...row);
      const weights = row.map(value => Math.exp((value - highest) / 65_536));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      for (const [v, weight] of weights.entries()) {
        const off = probabilities[v]! / PROBABILITY_ONE - weight / total;
        expect(Math.abs(off)).toBeLessThan((TOKENS + 2) / PROBABILITY_ONE);
      }
    }),
  );
});

describe('entropy', () => {
  it('has the bits of the reference, or a limit on it would refuse here and not there', () => {
    fc.assert(
      fc.property(rows, row => {
        const probabilities = probabilitiesOf(row);
        const ppm = entropyPpm(Int32Array.from([9, ...probabilities]), 1);
        expect(ppm).toBe(reference.entropyPpm(probabilities));
        const shares = probabilities.map(p => p / PROBABILITY_ONE).filter(p => p > 0);
        const nats = shares.reduce((sum, p) => sum - p * Math.log(p), 0);
        expect(Math.abs(ppm - (1e6 * nats) / Math.log(TOKENS))).toBeLessThan(1.001);
      }),
    );
  });

  it('is all where every move is as likely, and none where one is certain', () => {
    const even = new Int32Array(TOKENS).fill(PROBABILITY_ONE / TOKENS);
    expect(entropyPpm(even, 0)).toBe(1_000_000);
    const sure = Int32Array.from({ length: TOKENS }, (_, v) => (v === 7 ? PROBABILITY_ONE : 0));
    expect(entropyPpm(sure, 0)).toBe(0);
  });
});
