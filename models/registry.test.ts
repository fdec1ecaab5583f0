/** The registry hands out what the manifest says, and says what is wrong with anything else. */

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { OutriderError } from '#engine';
import { loadNgramPair, SHIPPED_MODELS } from './registry.ts';

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
