/** Threefry against the answers its authors published. */

import { expect, it } from 'vitest';
import { threefry } from './threefry.ts';

it.each([
  [
    [0, 0],
    [0, 0],
    [0x6b200159, 0x99ba4efe],
  ],
  [
    [0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x1cb996fc, 0xbb002be7],
  ],
  [
    [0x13198a2e, 0x03707344],
    [0x243f6a88, 0x85a308d3],
    [0xc4923a9c, 0x483df7a0],
  ],
])('key %j at counter %j gives the known bits, or every stream would change', (...words) => {
  const [key, counter, expected] = words.map(pair => Uint32Array.from(pair));
  const bits = new Uint32Array(2);
  threefry(key!, counter!, bits);
  expect(bits).toEqual(expected);
});
