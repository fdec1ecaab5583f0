/** Coupled choice: the argmax and its tie rule, bad offsets, and the addon against its twin. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Chooser, createChooser } from './chooser.ts';
import type { Kernels } from './kernels.ts';
import { loadedKernels } from './load.ts';
import { createNoise } from './noise.ts';
import { twinKernels } from './twins/kernels.ts';

const { kind, kernels } = loadedKernels;
const implementations = { 'the twin': twinKernels, [`the ${kind} in use`]: kernels };

describe.each(Object.entries(implementations))('%s', (_, implementation) => {
  it.each([
    [0, 63],
    [5, 6],
    [7, 8],
    [31, 32],
    [62, 63],
  ])('gives a tie of %i and %i to the lower, or paths would depend on the machine', (...tied) => {
    const { chooser, logits } = chooserOf(implementation, { rows: 1 });
    logits.fill(-9);
    for (const token of tied) logits[token] = 4;
    chooser.choose(1);
    expect(chooser.choices[0]).toBe(tied[0]);
  });

  it('adds the noise of the row it was pointed at, or paths would share their luck', () => {
    const { chooser, logits, values } = chooserOf(implementation, { rows: 3 });
    logits[64 + 10] = 100;
    values[128 + 20] = 101;
    chooser.rowOffsets.set([64, 64]);
    chooser.noiseOffsets.set([0, 128]);
    chooser.choose(2);
    expect([...chooser.choices]).toEqual([10, 20, 0]);
  });

  it.each([-1, 1, 65, 2_147_483_647, -2_147_483_648])(
    'names a row that starts at %i of 64, or memory beyond would be read',
    offset => {
      const { chooser } = chooserOf(implementation, { rows: 1, rowsMax: 2 });
      chooser.rowOffsets[1] = offset;
      expect(() => chooser.choose(2)).toThrow(
        `rowOffsets[1] is ${offset}: pass the start of a row`,
      );
      chooser.rowOffsets[1] = 0;
      chooser.noiseOffsets[1] = offset;
      expect(() => chooser.choose(2)).toThrow(`noiseOffsets[1] is ${offset}`);
    },
  );

  it('refuses counts and sizes out of bounds', () => {
    const { chooser, noise } = chooserOf(implementation, { rows: 1 });
    for (const count of [-1, 1.5, 2, Number.NaN]) {
      expect(() => chooser.choose(count)).toThrow(`count is ${count}`);
    }
    const logits = new Int32Array(65);
    expect(() => createChooser({ logits, noise, rowsMax: 1 }, implementation)).toThrow('65 values');
    const options = { logits: logits.subarray(1), noise, rowsMax: 0 };
    expect(() => createChooser(options, implementation)).toThrow('rowsMax is 0');
  });

  it('stops when its logits were transferred away, or it would read freed memory', () => {
    const { chooser, logits } = chooserOf(implementation, { rows: 4 });
    structuredClone(logits, { transfer: [logits.buffer] });
    expect(() => chooser.choose(1)).toThrow('transferred');
  });

  it('reads shared memory in place, or each thread would need its own table', () => {
    const logits = new Int32Array(new SharedArrayBuffer(256));
    const noise = createNoise(1, 1, implementation);
    const chooser = createChooser({ logits, noise, rowsMax: 1 }, implementation);
    logits[17] = 1;
    chooser.choose(1);
    expect(chooser.choices[0]).toBe(17);
  });
});

it.skipIf(kind === 'twin')(
  'the addon chooses what the twin chooses, or machines would disagree (needs the Rust addon)',
  () => {
    const logit = fc.oneof(
      fc.integer({ min: -2, max: 2 }),
      fc.integer({ min: -(2 ** 30), max: 2 ** 30 }),
      fc.constantFrom(-(2 ** 30), 2 ** 30),
    );
    const addend = fc.oneof(
      fc.integer({ min: -2, max: 2 }),
      fc.integer({ min: -161_658, max: 772_243 }),
    );
    const rows = 4;
    const table = (value: fc.Arbitrary<number>) =>
      fc.array(value, { minLength: rows * 64, maxLength: rows * 64 });
    const offsets = fc.array(fc.integer({ min: 0, max: (rows - 1) * 64 }), {
      minLength: 8,
      maxLength: 8,
    });
    fc.assert(
      fc.property(table(logit), table(addend), offsets, offsets, (...[a, b, c, d]) => {
        const [native, twin] = [kernels, twinKernels].map(implementation => {
          const { chooser, logits, values } = chooserOf(implementation, { rows, rowsMax: 8 });
          logits.set(a);
          values.set(b);
          chooser.rowOffsets.set(c);
          chooser.noiseOffsets.set(d);
          chooser.choose(8);
          return chooser.choices;
        });
        expect(native).toEqual(twin);
      }),
    );
  },
);

it('draws each token as often as its softmax says, or acceptance would measure nothing', () => {
  const draws = 64 * 256;
  const noise = createNoise(64, 256);
  const logits = new Int32Array(64).fill(-(2 ** 30));
  const odds = [0.5, 0.3, 0.15, 0.05];
  odds.forEach((probability, token) => {
    logits[token * 16] = Math.round(Math.log(probability) * 65_536);
  });
  noise.setKey(3, 5);
  for (let index = 0; index < 256; index++) noise.fill(index);
  const chooser = createChooser({ logits, noise, rowsMax: draws });
  for (let draw = 0; draw < draws; draw++) chooser.noiseOffsets[draw] = draw * 64;
  chooser.choose(draws);
  odds.forEach((probability, token) => {
    const drawn = chooser.choices.filter(choice => choice === token * 16).length;
    const deviation = Math.sqrt(draws * probability * (1 - probability));
    expect(Math.abs(drawn - draws * probability)).toBeLessThan(4 * deviation);
  });
});

/** A chooser over tables of as many rows, all zero. */
function chooserOf(
  implementation: Kernels,
  { rows, rowsMax = rows }: { rows: number; rowsMax?: number },
) {
  const logits = new Int32Array(rows * 64);
  const noise = createNoise(rows, 1, implementation);
  const chooser: Chooser = createChooser({ logits, noise, rowsMax }, implementation);
  return { chooser, logits, noise, values: noise.values };
}
