/** Randomness: without these tests, a seed would not bring a failure back. */
import { describe, expect, it } from 'vitest';
import { OutriderError } from './error.ts';
import { exponentialVariate, type Random, seededRandom, xoshiro128 } from './random.ts';

const draw = (random: Random, count: number) =>
  Array.from({ length: count }, () => random.nextU32());

describe('seeded randomness', () => {
  it('is xoshiro128**, or its published statistical quality is not ours', () => {
    // The reference implementation started from the words 1, 2, 3, 4.
    expect(draw(xoshiro128([1, 2, 3, 4]), 10)).toEqual([
      11_520, 0, 5_927_040, 70_819_200, 2_031_721_883, 1_637_235_492, 1_287_239_034, 3_734_860_849,
      3_729_100_597, 4_258_142_804,
    ]);
  });

  it('keeps its numbers, or a failing seed of last month fails no more', () => {
    expect(draw(seededRandom('pinned'), 4)).toEqual([
      2_436_878_263, 4_110_282_475, 3_070_064_316, 1_172_485_999,
    ]);
    expect(seededRandom(7).split('SIMA').split(0).nextFloat()).toBe(0.7378302704040024);
  });

  it('splits by name alone, or a new consumer would shift every other stream', () => {
    const parent = seededRandom('a');
    const early = draw(parent.split('flow'), 5);
    draw(parent, 100);
    parent.split('another');
    expect(draw(parent.split('flow'), 5)).toEqual(early);
    expect(draw(seededRandom('a'), 5)).not.toEqual(early);
    expect(draw(parent.split('a').split('b'), 5)).not.toEqual(draw(parent.split('a","b'), 5));
  });

  it('draws floats in [0, 1) with 53 bits, evenly', () => {
    const random = seededRandom('floats');
    const buckets = new Array<number>(16).fill(0);
    let odd = 0;
    for (let i = 0; i < 160_000; i++) {
      const value = random.nextFloat();
      if (!(value >= 0 && value < 1)) throw new Error(`${value} is no float in [0, 1)`);
      buckets[Math.floor(value * 16)]!++;
      odd += (value * 2 ** 53) % 2;
    }
    const chiSquare = buckets.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(37.7); // 0.1 % of the chi-square distribution with 15 degrees
    expect(Math.abs(odd - 80_000)).toBeLessThan(700);
  });

  it('draws exponential waits of mean 1 and variance 1, or every arrival rate is off', () => {
    const random = seededRandom('waits');
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < 200_000; i++) {
      const wait = exponentialVariate(random);
      sum += wait;
      squares += wait * wait;
    }
    expect(Math.abs(sum / 200_000 - 1)).toBeLessThan(0.01);
    expect(Math.abs(squares / 200_000 - 2)).toBeLessThan(0.05);
  });

  it('refuses a seed that is no number, instead of running every run on "NaN"', () => {
    expect(() => seededRandom(Number.NaN)).toThrow(OutriderError);
    expect(() => seededRandom(1).split(Infinity)).toThrow(/finite/);
  });
});
