/** Randomness as a port: seeded, splittable generators, the same numbers on every machine. */
import { createHash } from 'node:crypto';
import { OutriderError } from './error.ts';
import { stableLn } from './stable-math.ts';

export type Random = {
  /** Uniform over the integers 0 .. 2^32 - 1. */
  nextU32(): number;
  /** Uniform over the multiples of 2^-53 in [0, 1). */
  nextFloat(): number;
};

export type SeededRandom = Random & {
  /**
   * An independent generator named by this one's seed and `label` alone: what either has drawn,
   * or how many others were split off, does not change it.
   */
  split(label: string | number): SeededRandom;
};

/** xoshiro128** started from the SHA-256 of the seed; 7 and '7' are one seed. */
export function seededRandom(seed: string | number): SeededRandom {
  return generator([label(seed, 'seed')]);
}

/** Exponentially distributed with mean 1, from one draw; finite and at least 0. */
export function exponentialVariate(random: Random): number {
  return -stableLn(1 - random.nextFloat());
}

/** xoshiro128** 1.1 (Blackman and Vigna) from its four state words, not all of them zero. */
export function xoshiro128(state: ArrayLike<number>): Random {
  let s0 = state[0]! | 0;
  let s1 = state[1]! | 0;
  let s2 = state[2]! | 0;
  let s3 = state[3]! | 0;

  const nextU32 = () => {
    const product = Math.imul(s1, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = (s3 << 11) | (s3 >>> 21);
    return result;
  };

  return {
    nextU32,
    nextFloat() {
      const high = nextU32() >>> 5;
      const low = nextU32() >>> 6;
      return (high * 67_108_864 + low) / 9_007_199_254_740_992;
    },
  };
}

function generator(path: string[]): SeededRandom {
  const digest = createHash('sha256')
    .update(`outrider random 1\n${JSON.stringify(path)}`)
    .digest();
  const words = [0, 4, 8, 12].map(offset => digest.readUInt32LE(offset));
  return {
    ...xoshiro128(words),
    split: part => generator([...path, label(part, 'label')]),
  };
}

function label(value: string | number, name: string): string {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new OutriderError(
      'bad-config',
      `random ${name} is ${value}: give a finite number or a text`,
    );
  }
  return String(value);
}
