/** A graph that is not what its manifest says, or not of the documented signature, is refused. */
import { hash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { OutriderError } from '#engine';
import { type Graph, graphsSchema } from '../neural/graph-manifest.ts';
import { SHIPPED_MODELS } from '../registry.ts';
import { message, model } from '../testing/onnx-file.ts';
import { TINY_FOLDER, TINY_MOVES, tinyWeights } from '../testing/tiny-pair.ts';
import { loadDraftGraphs, loadTargetGraphs } from './load-graphs.ts';

const parent = mkdtempSync(join(tmpdir(), 'outrider-graphs-'));
const folder = join(parent, 'pair');
const packed = join(folder, 'onnx', 'neural-target-packed.onnx');
let graphs: Record<string, Graph>;

beforeEach(() => {
  cpSync(TINY_FOLDER, folder, { recursive: true });
  graphs = manifestOf(TINY_FOLDER);
});
afterAll(() => rmSync(parent, { recursive: true }));

it('loads pairs of different sizes, and says which', () => {
  const shipped = manifestOf(SHIPPED_MODELS);
  const big = loadTargetGraphs(SHIPPED_MODELS, shipped);
  expect(big.sizes).toEqual({ d: 256, layers: 3, window: 21, contextMoves: 64 });
  expect(loadDraftGraphs(SHIPPED_MODELS, shipped).moves).toBe(8);
  const tiny = loadTargetGraphs(folder, graphs);
  expect(tiny.sizes).toEqual({ d: 32, layers: 2, window: 5, contextMoves: 10 });
  const draft = loadDraftGraphs(folder, graphs);
  expect([draft.sizes, draft.moves]).toEqual([{ d: 16, contextMoves: 10 }, TINY_MOVES]);
  expect(new Set([big.hash, tiny.hash, draft.hash]).size).toBe(3);
});

it('tests on graphs of the weights that tests compare them with', () => {
  for (const [name, { weights }] of Object.entries(graphs)) {
    const role = name.startsWith('target') ? 'target' : 'draft';
    expect(weights).toBe(hash('sha256', tinyWeights[role]));
  }
});

it('names a model by the hashes of all its graphs', () => {
  const before = loadTargetGraphs(folder, graphs).hash;
  const bytes = readFileSync(packed);
  write(packed, Buffer.concat([bytes, message([2, 'another producer'])]));
  expect(loadTargetGraphs(folder, graphs).hash).not.toBe(before);
});

describe('refuses', () => {
  const list = (of: Partial<Graph>) => {
    graphs['target-packed'] = { ...graphs['target-packed']!, ...of };
  };
  const change = (of: Partial<Graph['signature']>) =>
    list({ signature: { ...signature(), ...of } });
  const signature = () => graphs['target-packed']!.signature;
  const faults: [string, () => void, string][] = [
    ['a cut file', () => writeFileSync(packed, readFileSync(packed).subarray(1)), 'bytes, the man'],
    ['a missing file', () => rmSync(packed), 'is missing, the manifest says'],
    ['a flipped bit', () => flip(packed, 60_000), 'sha256 is '],
    // No byte of it is a field: it would be told so if it were parsed before it is hashed.
    [
      'another file of the size, unparsed',
      () => writeFileSync(packed, new Uint8Array(readFileSync(packed).length).fill(255)),
      'sha256 is ',
    ],
    [
      'another graph under the name',
      () => write(packed, readFileSync(join(folder, 'onnx', 'neural-target-move.onnx'))),
      'inputs.tokens is missing, expected is int32 [N]',
    ],
    [
      'what the runtime must not see, however the manifest vouches for it',
      () => write(packed, model({ graph: [[15, message()]] })),
      'sparse_initializer',
    ],
    ['another opset', () => list({ opset: 18 }), 'opset is 17, the manifest says 18'],
    [
      'another version of the format',
      () => list({ ir: 9 }),
      'ir_version is 8, the manifest says 9',
    ],
    ['a graph that is not listed', () => delete graphs['target-packed'], 'not listed under onnx'],
    [
      'a signature of another kind',
      () => change({ name: 'target-packed/2' }),
      'signature target-packed/2, known is target-packed/1',
    ],
    [
      'graphs of different sizes',
      () => change({ config: { ...signature().config, window: 6 } }),
      'target-prefill has {"d":32',
    ],
    [
      'a manifest with another signature than the documented one',
      () =>
        change({ inputs: { ...signature().inputs, reads: { type: 'int32', shape: ['N', 4] } } }),
      'signature: inputs.reads is int32 [N, 4], expected is int32 [N, 5]',
    ],
    [
      'one more output',
      () => change({ outputs: { ...signature().outputs, more: { type: 'int32', shape: [1] } } }),
      'signature: outputs.more is int32 [1], expected is none',
    ],
    [
      'layers that see further back than the context',
      () => {
        for (const graph of Object.values(graphs)) graph.signature.config['contextMoves'] = 8;
      },
      '(window - 1) x layers + 1 is more than contextMoves',
    ],
  ];

  it.each(faults)('%s', (_, plant, complaint) => {
    plant();
    const load = () => loadTargetGraphs(folder, graphs);
    expect(load).toThrow(OutriderError);
    expect(load).toThrow(complaint);
    expect(load).toThrow(folder);
    expect(load).toThrow(/restore|export|list such graphs/);
  });

  it('a speculation of no whole number of moves', () => {
    graphs['draft-speculation']!.signature.inputs['noise'] = { type: 'int32', shape: ['B', 'H'] };
    expect(() => loadDraftGraphs(folder, graphs)).toThrow('noise has no H of 1 to 32');
  });
});

function manifestOf(of: string): Record<string, Graph> {
  return graphsSchema.parse(JSON.parse(readFileSync(join(of, 'neural.json'), 'utf8')).onnx);
}

/** Another file, which the manifest vouches for. */
function write(path: string, bytes: Uint8Array): void {
  writeFileSync(path, bytes);
  const entry = graphs['target-packed']!;
  graphs['target-packed'] = { ...entry, bytes: bytes.length, sha256: hash('sha256', bytes) };
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at]! ^= 1;
  writeFileSync(path, bytes);
}
