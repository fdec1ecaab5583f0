/** Nothing that a manifest does not vouch for may reach the runtime, and no bytes may hang us. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutriderError } from '#engine';
import { graphsSchema } from '../neural/graph-manifest.ts';
import { type FileField, message, model, node, port, tensor } from '../testing/onnx-file.ts';
import { TINY_FOLDER } from '../testing/tiny-pair.ts';
import { checkFile } from './load-graphs.ts';
import { readModel } from './model-proto.ts';

const bad = (what: string): never => {
  throw new RangeError(what);
};
const listed = graphsSchema.parse(
  JSON.parse(readFileSync(join(TINY_FOLDER, 'neural.json'), 'utf8')).onnx,
);
const three = Uint8Array.of(1, 2, 3);
const pad = (bytes: number) => 'a'.repeat(bytes);

it('reads versions and ports', () => {
  const given = model({ graph: [[5, tensor('w', [3], three)]] });
  const x = { type: 'int32', shape: ['B', 3] };
  expect(readModel(given, bad)).toEqual({ ir: 8, opset: 17, inputs: { x }, outputs: { y: x } });
});

describe('refuses', () => {
  const scan = (...body: FileField[]) =>
    node('Scan', [5, message([1, 'body'], [6, message(...body)])]);
  const attribute = (number: number, value: number | Uint8Array) =>
    model({ graph: [[1, node('Neg', [5, message([1, 'a'], [number, value])])]] });
  const initializer = (bytes: Uint8Array) => model({ graph: [[5, bytes]] });
  const of = (...fields: FileField[]) => initializer(message([8, 'w'], ...fields));

  it.each<[string, Uint8Array, string]>([
    ['no bytes', new Uint8Array(0), 'graph: missing'],
    ['numbers in another file', of([1, 3], [2, 3], [13, message([1, 'location'])]), 'another file'],
    ['numbers said to be in another file', of([1, 3], [2, 3], [14, 1]), 'data_location'],
    ['numbers elsewhere in an attribute', attribute(5, message([14, 1])), 'data_location'],
    ['more numbers than there are', initializer(tensor('w', [4], three)), '3 numbers, its shape'],
    ['a shape no memory holds', initializer(tensor('w', [2 ** 40, 2], three)), 'is more than'],
    ['a tensor of texts', of([1, 1], [2, 8], [6, 'a']), 'w: field 6 is none that is known'],
    ['nine sizes', of(...Array.from({ length: 9 }, () => [1, 1] as const), [2, 3]), '8 sizes'],
    ['nine sizes in one field', of([1, new Uint8Array(9).fill(1)], [2, 3]), '8 sizes'],
    ['a sparse tensor', model({ graph: [[15, message()]] }), 'sparse_initializer'],
    ['operators of others', model({ graph: [[1, node('Neg', [7, 'acme'])]] }), '"acme"'],
    ['their set', model({ opset: [8, message([1, 'acme'], [2, 1])] }), 'operators of "acme"'],
    ['two sets', model({ model: [[8, message([2, 17])]] }), 'opset_import: a second one'],
    ['functions', model({ model: [[25, message()]] }), 'functions: local operators'],
    ['an overload', model({ graph: [[1, node('Neg', [8, 'a'])]] }), 'node.overload'],
    ['training', model({ model: [[20, message()]] }), 'training_info'],
    ['a second graph', model({ model: [[7, message()]] }), 'graph: a second one'],
    ['a graph in an operator', attribute(6, message()), 'only Scan has one'],
    [
      'a loop in a loop',
      model({ graph: [[1, scan([1, scan([1, node('Neg')])])]] }),
      'only Scan has one',
    ],
    [
      'a foreign operator in a loop',
      model({ graph: [[1, scan([1, node('Neg', [7, 'acme'])])]] }),
      'operators of "acme"',
    ],
    [
      'numbers elsewhere in a loop',
      model({ graph: [[1, scan([5, message([14, 1])])]] }),
      'another',
    ],
    ['a list of graphs', attribute(11, message()), 'a list of graphs'],
    ['a reference to a function', attribute(21, message()), 'a reference to a function'],
    ['a port of doubles', model({ graph: [[11, typed('z', 11)]] }), 'z: element type 11'],
    ['a port twice', model({ graph: [[11, port('x')]] }), 'x: named twice'],
    ['a port without a type', model({ graph: [[11, message([1, 'z'])]] }), 'z: no type'],
    ['a name of 257 bytes', model({ graph: [[11, port(pad(257))]] }), 'at most 256 bytes'],
    ['a field that is not listed', model({ model: [[99, 1]] }), 'field 99 is none that is known'],
    ['a field of an old kind', Uint8Array.of(7 * 8 + 3), 'begins no field'],
    ['a length beyond the file', Uint8Array.of(7 * 8 + 2, 255, 255, 255, 255, 15), 'beyond its'],
    ['a number without end', new Uint8Array(20).fill(255), 'longer than 10 bytes'],
  ])('%s', (_, bytes, complaint) => {
    expect(() => readModel(bytes, bad)).toThrow(complaint);
  });
});

describe('bytes that are damaged', () => {
  it.each(['draft-context', 'target-packed'])(
    'are refused, or change nothing that a manifest says (%s)',
    name => {
      const graph = listed[name]!;
      const file = readFileSync(join(TINY_FOLDER, graph.file));
      checkFile(graph.file, file, graph);
      const at = fc.oneof(
        fc.integer({ min: 0, max: file.length - 1 }),
        // Where structure lies thick rather than numbers of weights.
        fc.integer({ min: Math.floor(file.length * 0.9), max: file.length - 1 }),
        fc.integer({ min: 0, max: 2000 }),
      );
      const damage = fc.record({
        flips: fc.array(fc.record({ at, bits: fc.integer({ min: 1, max: 255 }) }), {
          maxLength: 4,
        }),
        length: fc.oneof(fc.constant(file.length), at),
      });
      let refused = 0;
      fc.assert(
        fc.property(damage, ({ flips, length }) => {
          const bytes = Uint8Array.from(file.subarray(0, length));
          for (const flip of flips) if (flip.at < length) bytes[flip.at]! ^= flip.bits;
          try {
            checkFile(graph.file, bytes, graph);
          } catch (error) {
            expect(error).toBeInstanceOf(OutriderError);
            expect((error as Error).message).toMatch(/^onnx.*; export it again/s);
            refused++;
          }
        }),
        { numRuns: 1500 },
      );
      expect(refused).toBeGreaterThan(300);
    },
  );
});

function typed(name: string, element: number): Uint8Array {
  return message([1, name], [2, message([1, message([1, element], [2, message()])])]);
}
