/** The n-gram file: what was written is read, and nothing else is. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutriderError } from '#engine';
import { createTrie, resetTrie, SCALE_START, TOKENS } from '#law';
import { sequences } from '../testing/sequences.ts';
import { ngramModel } from './model.ts';
import { decodeNgram, encodeNgram } from './table.ts';
import { buildTable, countSequence, createCounter } from './train.ts';

const SMALL = tableOf([
  {
    tokens: Uint8Array.of(32, 31, 32, 31, 32),
    codes: new Uint8Array(5).fill(12),
    timesNs: Float64Array.of(0, 1, 2, 3, 4),
  },
]);
const ORDER = 12;
const CONTEXTS = 16;
const ROOTS = 32;
const ROW_OF = ROOTS + 256;
const BLOCK_OF = ROW_OF + 4 * SMALL.rowOf.length;
const BLOCKS = BLOCK_OF + 4 * SMALL.blockOf.length;

it('reads the table it wrote, or every forecast would change with a restart', () => {
  fc.assert(
    fc.property(sequences, given => {
      const table = tableOf(given);
      expect(decodeNgram(encodeNgram(table), 'test')).toEqual(table);
    }),
    { numRuns: 30 },
  );
});

describe('refuses, and says of which file, why and what to do', () => {
  it.each([
    ['another magic', (bytes: Buffer) => bytes.write('X', 0), 'magic differs'],
    ['another version', (bytes: Buffer) => bytes.writeUInt32LE(2, 8), 'version 2, known is 1'],
    ['a huge order', (bytes: Buffer) => bytes.writeUInt32LE(2 ** 31, ORDER), 'order 2147483648'],
    ['more contexts', (bytes: Buffer) => bytes.writeUInt32LE(999, CONTEXTS), 'its header says'],
    ['a root', (bytes: Buffer) => bytes.writeInt32LE(99, ROOTS), 'a scale code has no context'],
    ['a row', (bytes: Buffer) => bytes.writeInt32LE(-1, ROW_OF), 'a context has no row'],
    ['a block', (bytes: Buffer) => bytes.writeInt32LE(9, BLOCK_OF), 'a context has no block'],
    ['a link', (bytes: Buffer) => bytes.writeInt32LE(-2, BLOCKS), 'a block leads nowhere'],
  ])('%s', (_, damage, complaint) => {
    const bytes = Buffer.from(encodeNgram(SMALL));
    damage(bytes);
    const read = () => decodeNgram(bytes, 'ngram-target.bin');
    expect(read).toThrow(OutriderError);
    expect(read).toThrow(complaint);
    expect(read).toThrow(/^ngram-target\.bin: .*; train it again or restore the file$/);
  });

  it.each([0, 7, 31, 32, 5000])('a file cut to %i bytes', length => {
    const bytes = encodeNgram(SMALL).subarray(0, length);
    expect(() => decodeNgram(bytes, 'x')).toThrow(OutriderError);
  });
});

it('gives only rows of its own from damaged bytes, or a broken file would read memory', () => {
  const intact = encodeNgram(SMALL);
  const damage = fc.array(
    fc.record({ at: fc.nat({ max: intact.length - 1 }), to: fc.nat({ max: 255 }) }),
    { minLength: 1, maxLength: 4 },
  );
  fc.assert(
    fc.property(damage, changes => {
      const bytes = intact.slice();
      for (const { at, to } of changes) bytes[at] = to;
      try {
        const model = ngramModel('damaged', bytes);
        const trie = createTrie(1);
        const session = model.openSession(trie);
        session.prefill(Uint8Array.of(31, 32, 31), new Uint8Array(3).fill(12), 12);
        resetTrie(trie, SCALE_START);
        session.pass(0, 1);
        expect(session.rows[0]! % TOKENS).toBe(0);
        expect(session.rows[0]).toBeLessThan(session.logits.length);
      } catch (error) {
        expect(error).toBeInstanceOf(OutriderError);
      }
    }),
  );
});

function tableOf(given: Parameters<typeof countSequence>[1][]) {
  const counter = createCounter({ order: 3, smoothingMoves: 2, movesMin: 1 });
  for (const sequence of given) countSequence(counter, sequence);
  return buildTable(counter);
}
