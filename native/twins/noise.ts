/** Keyed noise: what each path adds to each token's logit at one move index. */

import { type FillNoise, TOKENS } from '../kernels.ts';
import { gumbelTable } from './gumbel.ts';
import { threefry } from './threefry.ts';

/** One counter gives 64 bits: four lanes of 16 bits, one a token. */
const LANES = 4;

/** See `Kernels.bindNoise`. */
export function bindNoise(values: Int32Array, paths: number): FillNoise {
  const table = gumbelTable();
  const indexes = values.length / (paths * TOKENS);
  const key = new Int32Array(2);
  const counter = new Int32Array(2);
  const bits = new Int32Array(2);

  return (key0, key1, moveIndex) => {
    key[0] = key0;
    key[1] = key1;
    counter[0] = moveIndex;
    let position = (moveIndex % indexes) * paths * TOKENS;
    for (let path = 0; path < paths; path++) {
      for (let block = 0; block < TOKENS / LANES; block++) {
        counter[1] = (path << 4) | block;
        threefry(key, counter, bits);
        values[position++] = table[bits[0]! & 0xffff]!;
        values[position++] = table[bits[0]! >>> 16]!;
        values[position++] = table[bits[1]! & 0xffff]!;
        values[position++] = table[bits[1]! >>> 16]!;
      }
    }
  };
}
