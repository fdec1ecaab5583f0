/** The window of keyed noise against the reference, while the market walks over it. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { gumbel } from '#reference';
import { createNoiseWindow } from './noise-window.ts';
import { TOKENS } from './tokeniser.ts';

const MOVES = 3;
const PATHS = 2;
const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const key = fc.tuple(word, word);
/** Steps forward; where a key comes with one, an epoch begins there. */
const walk = fc.array(
  fc.record({ by: fc.integer({ min: 0, max: 7 }), key: fc.option(key, { nil: undefined }) }),
  { maxLength: 12 },
);

it('holds the noise of the index and key asked for, or paths would follow their history', () => {
  fc.assert(
    fc.property(key, walk, (firstKey, steps) => {
      const window = createNoiseWindow({ paths: PATHS, moves: MOVES });
      let present = firstKey;
      let index = 0;
      window.setKey(present);
      for (const step of steps) {
        index += step.by;
        if (step.key !== undefined) {
          present = step.key;
          index = step.by;
          window.setKey(present);
        }
        // The present context's moves and, one later, those of its branches.
        window.cover(index, MOVES + 1);
        for (let moveIndex = index; moveIndex <= index + MOVES; moveIndex++) {
          for (let path = 0; path < PATHS; path++) {
            const at = window.offset(moveIndex, path);
            const row = Array.from({ length: TOKENS }, (_, token) =>
              gumbel(present, { moveIndex, path, token }),
            );
            expect([...window.ring.values.subarray(at, at + TOKENS)]).toEqual(row);
          }
        }
      }
    }),
    { numRuns: 40 },
  );
});
