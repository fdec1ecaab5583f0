/** A ring of keyed noise over move indexes, filled one move index at a time. */

import { type Kernels, TOKENS } from './kernels.ts';
import { loadedKernels } from './load.ts';

/** Noise in Q16 nats; it depends on the key, the move index, the path and the token alone. */
export type Noise = {
  /** Laid out `[moveIndex mod indexesMax][path][64]`; allocated once, never moved. */
  readonly values: Int32Array;
  /** Names the stream, two 32-bit words. What was filled before keeps the noise of its own key. */
  setKey(key0: number, key1: number): void;
  /** Writes the noise of all paths at one move index, 0 to 2^32 - 1. */
  fill(moveIndex: number): void;
};

const VALUES_MAX = 2 ** 26;

/**
 * Allocates a ring of `indexesMax` move indexes of `pathsMax` paths each (at most 65,536 paths and
 * 256 MiB); a fill overwrites the index `indexesMax` before it.
 */
export function createNoise(
  pathsMax: number,
  indexesMax: number,
  kernels: Kernels = loadedKernels.kernels,
): Noise {
  checkCount('pathsMax', pathsMax, 65_536);
  checkCount('indexesMax', indexesMax, Math.floor(VALUES_MAX / (pathsMax * TOKENS)));
  const values = new Int32Array(indexesMax * pathsMax * TOKENS);
  const fillNoise = kernels.bindNoise(values, pathsMax);
  let key0 = 0;
  let key1 = 0;
  return {
    values,
    setKey(first, second) {
      key0 = first >>> 0;
      key1 = second >>> 0;
    },
    fill(moveIndex) {
      if (moveIndex >>> 0 !== moveIndex) {
        throw new RangeError(`moveIndex is ${moveIndex}: pass an integer from 0 to 2^32 - 1`);
      }
      // A transferred array has length 0, and its memory is no longer ours to write.
      if (values.length === 0) throw new RangeError('values was transferred: create a new ring');
      fillNoise(key0, key1, moveIndex);
    },
  };
}

function checkCount(name: string, value: number, maximum: number): void {
  if (!Number.isInteger(value) || value < 1 || value > maximum) {
    throw new RangeError(`${name} is ${value}: pass an integer from 1 to ${maximum}`);
  }
}
