/** The registry hands out what the manifest says, and says what is wrong with anything else. */

import { hash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { OutriderError } from '#engine';
import { randomWeights } from '#native';
import { graphsSchema } from './neural/graph-manifest.ts';
import { encodeWeights } from './neural/weights-file.ts';
import { loadNgramPair, loadPair, SHIPPED_MODELS } from './registry.ts';

const parent = mkdtempSync(join(tmpdir(), 'outrider-models-'));
const folder = join(parent, 'copy');
const manifest = join(folder, 'ngram.json');
const target = join(folder, 'ngram-target.bin');

beforeEach(() => cpSync(SHIPPED_MODELS, folder, { recursive: true }));
afterAll(() => rmSync(parent, { recursive: true }));

it('loads the pair that ships, each under the hash that its forecasts are named by', () => {
  const { target: loaded, draft } = loadNgramPair();
  const listed = JSON.parse(readFileSync(join(SHIPPED_MODELS, 'ngram.json'), 'utf8'));
  expect([loaded.hash, draft.hash]).toEqual([listed.target.sha256, listed.draft.sha256]);
  expect([loaded.contextMoves, draft.contextMoves]).toEqual([16, 16]);
  expect([loaded.window, draft.window]).toEqual([3, 1]);
});

describe('refuses', () => {
  const damages: [string, () => void, string | RegExp][] = [
    ['a flipped bit', () => flipBit(target, 70_000), /sha256 is [0-9a-f]{64}, the manifest says/],
    ['a cut file', () => writeFileSync(target, readFileSync(target).subarray(1)), 'bytes, the man'],
    ['a missing file', () => rmSync(target), 'is missing, the manifest says'],
    ['a missing manifest', () => rmSync(manifest), 'no manifest of version 1; restore it or run'],
    ['no JSON', () => writeFileSync(manifest, '{'), 'no manifest of version 1'],
    ['another version', () => change({ version: 2 }), 'no manifest of version 1'],
    ['a path', () => changeTarget({ file: '../ngram-target.bin' }), 'no manifest of version 1'],
    ['65 MiB', () => changeTarget({ bytes: 65 * 2 ** 20 }), 'no manifest of version 1'],
    ['another hash', () => changeTarget({ sha256: '0'.repeat(64) }), 'the manifest says 0000'],
  ];

  it.each(damages)('%s', (_, damage, complaint) => {
    damage();
    expect(() => loadNgramPair(folder)).toThrow(OutriderError);
    expect(() => loadNgramPair(folder)).toThrow(complaint);
    expect(() => loadNgramPair(folder)).toThrow(folder);
  });
});

describe('the neural pair', () => {
  const config = { d: 16, layers: 1, heads: 1, window: 3, contextMoves: 6, feedForward: 16 };
  const files = {
    target: encodeWeights(randomWeights({ kind: 'window', config }, 1)),
    draft: encodeWeights(randomWeights({ kind: 'gru', config: { d: 16, contextMoves: 6 } }, 2)),
  };
  const path = join(folder, 'neural.json');
  const entryOf = (role: 'target' | 'draft') => {
    const bytes = files[role];
    const file = `neural-${role}.safetensors`;
    writeFileSync(join(folder, file), bytes);
    return { file, bytes: bytes.length, sha256: hash('sha256', bytes) };
  };
  const about = { data: {}, seed: 1, commit: 'abc', environment: {}, metrics: {} };
  const written = (changes: object = {}) => {
    const entries = { target: entryOf('target'), draft: entryOf('draft') };
    const listed = { version: 1, ...entries, ...about, ...changes };
    writeFileSync(path, JSON.stringify(listed));
    return listed;
  };

  it('is loaded as its manifest says, each model under the kernel that its file names', () => {
    const listed = written();
    const { target: loaded, draft } = loadPair('neural', folder);
    expect([loaded.hash, draft.hash]).toEqual([listed.target.sha256, listed.draft.sha256]);
    expect([loaded.kernel, draft.kernel]).toEqual(['window-int8/1', 'gru-int8/1']);
    expect([loaded.contextMoves, loaded.window, draft.contextMoves]).toEqual([6, 3, 6]);
  });

  it('ships with graphs that are the files listed, each made from the weights that ship', () => {
    const shipped = JSON.parse(readFileSync(join(SHIPPED_MODELS, 'neural.json'), 'utf8'));
    const graphs = Object.entries(graphsSchema.parse(shipped.onnx));
    expect(graphs).toHaveLength(5);
    for (const [name, { file, bytes, sha256, weights }] of graphs) {
      const found = readFileSync(join(SHIPPED_MODELS, file));
      expect([name, found.length, hash('sha256', found)]).toEqual([name, bytes, sha256]);
      expect(weights).toBe(shipped[name.startsWith('target') ? 'target' : 'draft'].sha256);
    }
  });

  it.each([
    ['without a commit', () => written({ commit: undefined }), 'version 1 (commit)'],
    ['with a graph elsewhere', () => written({ onnx: graphAt('onnx/../a.onnx') }), 'move.file)'],
    ['with a graph of no signature', () => written({ onnx: graphAt('onnx/a.onnx') }), 'signature)'],
    ['with a file of n-grams', () => written({ draft: ngramEntry() }), 'no manifest of version 1'],
    ['without a manifest', () => rmSync(path, { force: true }), 'restore it or train the pair'],
    [
      'whose target is not windowed',
      () => written({ target: entryOf('draft') }),
      'target runs on gru-int8/1, which is not windowed',
    ],
    [
      'whose file is another one, before it is read',
      () => {
        written();
        writeFileSync(join(folder, 'neural-draft.safetensors'), files.draft.toReversed());
      },
      'neural-draft.safetensors: sha256 is',
    ],
  ])('is refused %s', (_, damage, complaint) => {
    damage();
    const load = () => loadPair('neural', folder);
    expect(load).toThrow(OutriderError);
    expect(load).toThrow(complaint);
    expect(load).toThrow(folder);
  });

  const graphAt = (file: string) => ({
    'target-move': {
      ...{ file, bytes: 1, sha256: '0'.repeat(64), weights: '0'.repeat(64) },
      ...{ opset: 17, ir: 8 },
    },
  });
  const ngramEntry = () => JSON.parse(readFileSync(manifest, 'utf8')).draft;
});

function flipBit(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at]! ^= 1;
  writeFileSync(path, bytes);
}

function change(entries: Record<string, unknown>): void {
  const read = JSON.parse(readFileSync(manifest, 'utf8'));
  writeFileSync(manifest, JSON.stringify({ ...read, ...entries }));
}

function changeTarget(entries: Record<string, unknown>): void {
  const read = JSON.parse(readFileSync(manifest, 'utf8'));
  change({ target: { ...read.target, ...entries } });
}
