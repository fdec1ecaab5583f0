/** Keyed noise: the law's definition, and the addon against its twin. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadedKernels } from './load.ts';
import { createNoise } from './noise.ts';
import { gumbelTable } from './twins/gumbel.ts';
import { twinKernels } from './twins/kernels.ts';
import { threefry } from './twins/threefry.ts';

const { kind, kernels } = loadedKernels;
const implementations = { 'the twin': twinKernels, [`the ${kind} in use`]: kernels };
const uint32 = fc.integer({ min: 0, max: 0xffffffff });

describe.each(Object.entries(implementations))('%s', (_, implementation) => {
  it('gives each token its lane of the counter (move index, path, token >> 2)', () => {
    const noise = createNoise(3, 2, implementation);
    noise.setKey(0xdeadbeef, 42);
    noise.fill(0xfffffffd);
    for (let path = 0; path < 3; path++) {
      for (let token = 0; token < 64; token++) {
        const expected = noiseByDefinition([0xdeadbeef, 42], [0xfffffffd, path], token);
        expect(noise.values[(1 * 3 + path) * 64 + token]).toBe(expected);
      }
    }
  });

  it('leaves the other move indexes of the ring alone, or branches would read torn noise', () => {
    const noise = createNoise(2, 3, implementation);
    noise.setKey(1, 2);
    noise.values.fill(-1);
    noise.fill(4);
    expect(noise.values.subarray(0, 128).every(value => value === -1)).toBe(true);
    expect(noise.values.subarray(128, 256).every(value => value !== -1)).toBe(true);
    expect(noise.values.subarray(256).every(value => value === -1)).toBe(true);
  });

  it('refuses sizes and move indexes out of bounds, or memory would be', () => {
    expect(() => createNoise(0, 1, implementation)).toThrow('pathsMax is 0');
    expect(() => createNoise(65_536, 17, implementation)).toThrow('indexesMax is 17');
    const noise = createNoise(1, 1, implementation);
    for (const moveIndex of [-1, 0.5, 2 ** 32, Number.NaN]) {
      expect(() => noise.fill(moveIndex)).toThrow(`moveIndex is ${moveIndex}`);
    }
  });

  it('stops when its memory was transferred away, or it would write what others own', () => {
    const noise = createNoise(1, 1, implementation);
    structuredClone(noise.values, { transfer: [noise.values.buffer as ArrayBuffer] });
    expect(() => noise.fill(0)).toThrow('transferred');
  });
});

it.skipIf(kind === 'twin')(
  'the addon fills what the twin fills, or machines would disagree (needs the Rust addon)',
  () => {
    fc.assert(
      fc.property(
        fc.tuple(uint32, uint32, uint32),
        fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 5 })),
        ([key0, key1, moveIndex], [paths, indexes]) => {
          const [native, twin] = [kernels, twinKernels].map(implementation => {
            const noise = createNoise(paths, indexes, implementation);
            noise.setKey(key0, key1);
            noise.fill(moveIndex);
            return noise.values;
          });
          expect(native).toEqual(twin);
        },
      ),
    );
  },
);

function noiseByDefinition(
  key: readonly [number, number],
  [moveIndex, path]: readonly [number, number],
  token: number,
): number {
  const bits = new Uint32Array(2);
  const counter = Uint32Array.of(moveIndex, path * 16 + Math.floor(token / 4));
  threefry(Uint32Array.from(key), counter, bits);
  const lanes = Uint16Array.from([bits[0]!, bits[0]! / 65_536, bits[1]!, bits[1]! / 65_536]);
  return gumbelTable()[lanes[token % 4]!]!;
}
