/** The counts of the last line come from what cargo really prints. */

import { expect, it } from 'vitest';
import { countCargoTests } from './run.ts';

const OUTPUT = `
running 3 tests
test gumbel::tests::table ... ok
test noise::tests::rows ... ignored, needs AVX2
test noise::tests::torn ... FAILED

test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.07s

   Doc-tests outrider_core

running 2 tests
test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
`;

it('sums the crates and names the ignored tests, or a failure would hide in the middle', () => {
  expect(countCargoTests(OUTPUT)).toEqual({
    passed: 3,
    failed: 1,
    skips: ['noise::tests::rows (needs AVX2)'],
  });
});
