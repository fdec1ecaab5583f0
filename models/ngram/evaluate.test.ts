/** The evaluation's figures against sums done by hand: they rank models and are published. */

import { expect, it } from 'vitest';
import { TOKENS } from '#law';
import { createEvaluator } from './evaluate.ts';
import { ngramModel } from './model.ts';
import { encodeNgram } from './table.ts';
import { buildTable, countSequence, createCounter, type MoveSequence } from './train.ts';

it('gives a model that knows nothing ln 64 nats, and covers by token order', () => {
  const tokens = Uint8Array.from({ length: TOKENS }, (_, token) => token);
  const evaluator = createEvaluator(modelOf([], 1));
  evaluator.add(sequence(tokens));
  expect(evaluator.result()).toEqual({
    moves: 64,
    nll: Number(Math.log(64).toFixed(4)),
    coverage: { '4': 4 / 64, '8': 8 / 64, '16': 16 / 64, '32': 32 / 64 },
  });
});

it('gives a model its own probabilities in nats', () => {
  // Half the moves are up, whatever came before: 3 + 1/64 of 6 + 1 for each of the two tokens.
  const seen = sequence(Uint8Array.of(32, 31, 31, 32, 32, 31));
  const evaluator = createEvaluator(modelOf([seen], 1, { order: 0 }));
  evaluator.add(sequence(Uint8Array.of(32, 31, 0, 32)));
  const everything = (count: number) => (count + 1 / 64) / 7;
  const code = (count: number) => (count + everything(count)) / 7;
  const nats = -(3 * Math.log(code(3)) + Math.log(code(0))) / 4;
  const { moves, nll, coverage } = evaluator.result();
  expect(moves).toBe(4);
  expect(Math.abs(nll - nats)).toBeLessThan(0.002);
  expect(coverage['4']).toBe(1);
});

it('hears each sequence from its own beginning', () => {
  const alternating = sequence(Uint8Array.from({ length: 40 }, (_, at) => 31 + (at % 2)));
  const model = modelOf([alternating], 0.01, { order: 1 });
  const together = createEvaluator(model);
  together.add(sequence(Uint8Array.of(31, 32, 31)));
  const apart = createEvaluator(model);
  for (const token of [31, 32, 31]) apart.add(sequence(Uint8Array.of(token)));
  expect(together.result().nll).toBeLessThan(apart.result().nll);
});

function sequence(tokens: Uint8Array): MoveSequence {
  const codes = new Uint8Array(tokens.length).fill(12);
  return { tokens, codes, timesNs: Float64Array.from(tokens, (_, at) => at) };
}

function modelOf(given: MoveSequence[], smoothingMoves: number, { order = 1 } = {}) {
  const counter = createCounter({ order, smoothingMoves, movesMin: 1 });
  for (const each of given) countSequence(counter, each);
  return ngramModel('test', encodeNgram(buildTable(counter)));
}
