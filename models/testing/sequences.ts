/** Move sequences for tests: few tokens and codes, so that contexts come up again. */
import fc from 'fast-check';
import type { MoveSequence } from '../ngram/train.ts';

const move = fc.record({
  token: fc.constantFrom(30, 31, 32, 33),
  code: fc.constantFrom(12, 13),
  gapNs: fc.integer({ min: 0, max: 2e9 }),
});

/** Some sequences, of 1 to 40 moves each. */
export const sequences = fc.array(
  fc.array(move, { minLength: 1, maxLength: 40 }).map((moves): MoveSequence => {
    let timeNs = 0;
    return {
      tokens: Uint8Array.from(moves, ({ token }) => token),
      codes: Uint8Array.from(moves, ({ code }) => code),
      timesNs: Float64Array.from(moves, ({ gapNs }) => {
        timeNs += gapNs;
        return timeNs;
      }),
    };
  }),
  { minLength: 1, maxLength: 4 },
);
