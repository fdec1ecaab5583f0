/** The file of a neural model: what was written is read, and nothing else is. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutriderError } from '#engine';
import { randomWeights } from '#native';
import { decodeWeights, encodeWeights } from './weights-file.ts';

const CONFIG = { d: 16, layers: 2, heads: 1, window: 3, contextMoves: 6, feedForward: 32 };
const TARGET = randomWeights({ kind: 'window', config: CONFIG }, 1);
const DRAFT = randomWeights({ kind: 'gru', config: { d: 16, contextMoves: 6 } }, 2);
const INTACT = encodeWeights(TARGET);

const SIDE = randomWeights({ kind: 'gru', config: { d: 16, contextMoves: 6, sideInputs: 3 } }, 2);

const FORESEEING = randomWeights({ kind: 'gru', config: { d: 16, contextMoves: 6 } }, 2, {
  hasAll: true,
});

it.each([TARGET, DRAFT, SIDE, FORESEEING])(
  'reads the $kind model it wrote, or a restart would change it',
  weights => {
    expect(decodeWeights(encodeWeights(weights), 'test')).toEqual(weights);
  },
);

it('refuses a head of durations under a wrong name, or it would be read as none', () => {
  const bytes = Buffer.from(encodeWeights(FORESEEING));
  const end = 8 + Number(bytes.readBigUInt64LE(0));
  const renamed = bytes.toString('latin1', 8, end).replace('"duration"', '"duratiom"');
  bytes.write(renamed, 8, 'latin1');
  expect(() => decodeWeights(bytes, 'x')).toThrow('tensor duratiom: no part of a gru model');
});

it('reads a file that begins anywhere in memory: singles need not lie at multiples of four', () => {
  const shifted = new Uint8Array(INTACT.length + 1);
  shifted.set(INTACT, 1);
  expect(decodeWeights(shifted.subarray(1), 'test')).toEqual(TARGET);
});

type Header = Record<string, { dtype: string; shape: number[]; data_offsets: number[] }> & {
  __metadata__: Record<string, string>;
};

describe('refuses, and says of which file, which field, why and what to do', () => {
  const config = (changes: object) => (header: Header) => {
    header.__metadata__.config = JSON.stringify({ ...CONFIG, ...changes });
  };
  const damages: [string, (header: Header) => void, string][] = [
    ['another format', h => (h.__metadata__.format = 'window-int8/2'), 'format: "window-int8/2"'],
    ['no metadata', h => Reflect.deleteProperty(h, '__metadata__'), 'format: undefined'],
    ['metadata that is no text', h => Object.assign(h.__metadata__, { a: 1 }), '__metadata__: a'],
    ['a config of something else', config({ heads: 'two' }), 'config: "{'],
    ['a config with more in it', config({ more: 1 }), 'config: "{'],
    ['a window beyond the context', config({ window: 5 }), 'window is 5: 2 layers of it reach 9'],
    ['a width of 20', config({ d: 20 }), 'd is 20: pass a multiple of 16'],
    ['a million layers', config({ layers: 1e6 }), 'layers is 1000000: pass an integer from 1 to'],
    ['another width', config({ d: 32 }), 'tensor token: F32 [64,16], its config asks for F32 [6'],
    ['side inputs without their table', config({ sideInputs: 2 }), 'tensor side: missing'],
    ['no side inputs by a number', config({ sideInputs: 0 }), 'config: "{'],
    ['a missing tensor', h => Reflect.deleteProperty(h, 'norm'), 'begins at'],
    ['a tensor under another name', renamed('norm', 'gain'), 'tensor norm: missing'],
    ['a tensor of another type', h => (h.norm!.dtype = 'F16'), 'tensor norm: dtype'],
    ['a tensor of another shape', h => (h.norm!.shape = [4, 4]), 'norm: F32 [4,4], its config'],
    ['a tensor as large as memory', h => (h.norm!.shape = [2 ** 24, 2 ** 24]), 'takes'],
    ['a tensor beyond the file', h => (h.norm!.data_offsets[1]! += 2 ** 20), 'data_offsets ['],
    ['offsets that run backwards', h => h.norm!.data_offsets.reverse(), 'data_offsets ['],
    ['tensors that overlap', h => (h.code = h.token!), 'tensor code: begins at 0'],
  ];

  it.each(damages)('%s', (_, damage, complaint) => {
    const bytes = withHeader(damage);
    const read = () => decodeWeights(bytes, 'neural-target.safetensors');
    expect(read).toThrow(OutriderError);
    expect(read).toThrow(complaint);
    expect(read).toThrow(/^neural-target\.safetensors: .*; restore the file or export it again$/);
  });

  it.each([
    ['norm', Number.NaN, 'tensor norm: value 3 is NaN, expected -1024 to 1024'],
    ['norm', Number.NEGATIVE_INFINITY, 'tensor norm: value 3 is -Infinity'],
    ['head.scale', 0, 'tensor head.scale: value 3 is 0, expected more than 0'],
    ['layers.1.up', -128, 'tensor layers.1.up: value 3 is -128, expected -127 to 127'],
  ])('a value of %s that is %d', (name, value, complaint) => {
    const tensor = TARGET.tensors.get(name)!.slice();
    tensor[3] = value;
    const tensors = new Map(TARGET.tensors).set(name, tensor);
    expect(() => decodeWeights(encodeWeights({ ...TARGET, tensors }), 'x')).toThrow(complaint);
  });

  it('a header longer than the file, or than any header', () => {
    const bytes = INTACT.slice();
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, 2n ** 63n, true);
    expect(() => decodeWeights(bytes, 'x')).toThrow(`header: length ${2n ** 63n}, the file has`);
    const large = new Uint8Array(2 ** 21);
    new DataView(large.buffer).setBigUint64(0, 2n ** 20n + 1n, true);
    expect(() => decodeWeights(large, 'x')).toThrow('the file has room for 1048576');
  });

  it.each([0, 7, 8, 100, INTACT.length - 1])('a file cut to %i bytes', length => {
    expect(() => decodeWeights(INTACT.subarray(0, length), 'x')).toThrow(OutriderError);
  });

  it('a file with bytes that belong to no tensor', () => {
    const longer = Buffer.concat([INTACT, Buffer.alloc(1)]);
    expect(() => decodeWeights(longer, 'x')).toThrow('its tensors end at');
  });
});

it('reads damaged bytes as weights in bounds or refuses them, or memory would be at stake', () => {
  const headerLength = Number(new DataView(INTACT.buffer, INTACT.byteOffset).getBigUint64(0, true));
  const at = fc.oneof(fc.nat({ max: headerLength + 8 }), fc.nat({ max: INTACT.length - 1 }));
  const change = fc.record({ at, to: fc.nat({ max: 255 }) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), changes => {
      const bytes = INTACT.slice();
      for (const each of changes) bytes[each.at] = each.to;
      try {
        const { tensors } = decodeWeights(bytes, 'damaged');
        for (const [name, tensor] of tensors) {
          expect(tensor).toHaveLength(TARGET.tensors.get(name)!.length);
          expect(tensor.every((value: number) => Math.abs(value) <= 1024)).toBe(true);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(OutriderError);
      }
    }),
    { numRuns: 500 },
  );
});

function renamed(from: string, to: string) {
  return (header: Header) => {
    header[to] = header[from]!;
    Reflect.deleteProperty(header, from);
  };
}

/** The intact file under a changed header. */
function withHeader(change: (header: Header) => void): Uint8Array {
  const file = Buffer.from(INTACT);
  const end = 8 + Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, end));
  change(header);
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, file.subarray(end)]);
}
