/** Training: the same moves give the same bytes, and each row is what its definition says. */

import { hash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTrie, resetTrie, SCALE_START, TOKENS } from '#law';
import { afresh } from '../afresh.ts';
import { SHIPPED_MODELS } from '../registry.ts';
import { sequences } from '../testing/sequences.ts';
import { ngramModel } from './model.ts';
import { trainPair } from './pair.ts';
import { encodeNgram } from './table.ts';
import { buildTable, countSequence, createCounter, type MoveSequence } from './train.ts';

const OPTIONS = { order: 2, smoothingMoves: 3, movesMin: 2 };
const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const DATA = process.env.OUTRIDER_DATA ?? join(PROJECT, '../shared/data');

it('gives equal bytes in whatever order the sequences come, or nobody could check a model', () => {
  fc.assert(
    fc.property(sequences, given => {
      expect(trained(given.toReversed())).toEqual(trained(given));
    }),
    { numRuns: 30 },
  );
});

it('backs off to the longest context seen often enough, smoothed by each shorter one', () => {
  const token = fc.constantFrom(29, 30, 31, 32, 33);
  const context = fc.array(token, { minLength: 2, maxLength: 4 });
  const code = fc.constantFrom(11, 12, 13);
  fc.assert(
    fc.property(sequences, context, code, (given, tokens, at) => {
      const model = ngramModel('test', trained(given));
      const row = rowAfter(model, tokens, at);
      const expected = byDefinition(given, tokens, at);
      for (const [v, probability] of expected.entries()) {
        const logit = 64 * Math.round(1024 * Math.log(Math.max(probability, 2 ** -24)));
        expect(Math.abs(row[v]! - logit)).toBeLessThanOrEqual(64);
      }
    }),
  );
});

it('knows how often moves took less than 0.1, 1 and 10 s', () => {
  const gaps = [0, 5e7, 5e8, 5e9, 5e10];
  let timeNs = 0;
  const timesNs = Float64Array.from(gaps, gap => {
    timeNs += gap;
    return timeNs;
  });
  const codes = new Uint8Array(5).fill(12);
  const model = ngramModel('test', trained([{ tokens: codes.map(() => 32), codes, timesNs }]));
  const notReached = (code: number, moves: number) => afresh(model).notReached([], code, moves);
  expect(notReached(12, 1)).toEqual([16_384, 32_768, 49_152]);
  expect(notReached(12, 2)).toEqual([0, 21_845, 43_691]);
  // A code never seen takes the shares of all codes.
  expect(notReached(40, 1)).toEqual([16_384, 32_768, 49_152]);
});

it.skipIf(!existsSync(join(DATA, 'fx')))(
  'gives the bytes that ship, or they would come from nowhere (needs recorded data)',
  async () => {
    const out = await mkdtemp(join(tmpdir(), 'outrider-train-'));
    try {
      await trainPair({ data: DATA, out, log() {} });
      const files = ['ngram-target.bin', 'ngram-draft.bin'];
      const digests = (folder: string) =>
        files.map(file => hash('sha256', readFileSync(join(folder, file))));
      expect(digests(out)).toEqual(digests(SHIPPED_MODELS));
      const manifest = (folder: string) =>
        JSON.parse(readFileSync(join(folder, 'ngram.json'), 'utf8'));
      expect(manifest(out)).toEqual(manifest(SHIPPED_MODELS));
    } finally {
      await rm(out, { recursive: true });
    }
  },
);

function trained(given: readonly MoveSequence[]): Uint8Array {
  const counter = createCounter(OPTIONS);
  for (const sequence of given) countSequence(counter, sequence);
  return encodeNgram(buildTable(counter));
}

function rowAfter(model: ReturnType<typeof ngramModel>, tokens: number[], code: number) {
  const trie = createTrie(1);
  const session = model.openSession(trie);
  session.prefill(Uint8Array.from(tokens), new Uint8Array(tokens.length), code);
  resetTrie(trie, SCALE_START);
  trie.code[0] = code;
  session.pass(0, 1);
  return session.logits.subarray(session.rows[0]!, session.rows[0]! + TOKENS);
}

/** P = (count + k P_shorter) / (n + k): uniform, everything, the code, then token by token. */
function byDefinition(given: readonly MoveSequence[], tokens: number[], code: number): number[] {
  const after = (isContext: (sequence: MoveSequence, at: number) => boolean) =>
    given.flatMap(sequence => [...sequence.tokens].filter((_, at) => isContext(sequence, at)));
  const smooth = (seen: number[], shorter: number[]) =>
    shorter.map((p, v) => {
      const count = seen.filter(token => token === v).length;
      return (count + OPTIONS.smoothingMoves * p) / (seen.length + OPTIONS.smoothingMoves);
    });
  let row = smooth(
    after(() => true),
    new Array<number>(TOKENS).fill(1 / TOKENS),
  );
  for (let back = 0; back <= OPTIONS.order; back++) {
    const suffix = back === 0 ? [] : tokens.slice(-back);
    const seen = after(({ tokens: all, codes }, at) => {
      const before = [...all.subarray(Math.max(0, at - back), at)];
      return codes[at] === code && before.join() === suffix.join();
    });
    if (seen.length < (back === 0 ? 1 : OPTIONS.movesMin)) return row;
    row = smooth(seen, row);
  }
  return row;
}
