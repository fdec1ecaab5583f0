/** A neural model behind the port: what it says of times, and which side inputs it takes. */

import { describe, expect, it } from 'vitest';
import { seededRandom } from '#engine';
import { appendMove, createContext, createTrie, type Model, resetTrie } from '#law';
import { type NeuralShape, randomWeights } from '#native';
import { loadPair } from '../registry.ts';
import { neuralModel } from './model.ts';
import { encodeWeights } from './weights-file.ts';

const GRU = { kind: 'gru', config: { d: 16, contextMoves: 6 } } as const;

describe('how soon moves come', () => {
  it('the draft that ships foresees as its target does, or a provisional forecast says 0', () => {
    const { target, draft } = loadPair('neural');
    const apart = Array.from({ length: 12 }, (_, seed) => {
      const [ofTarget, ofDraft] = [target, draft].map(model => timesOf(model, 8, seed)[1]!);
      return Math.abs(ofTarget! - ofDraft!) / 65_536;
    });
    // Random walks are no market, and some surprise the draft; the target says 0.16 to 0.68.
    expect(apart.sort((a, b) => a - b)[6]).toBeLessThan(0.15);
  });

  it('a draft without that head says 0', () => {
    expect(timesOf(modelOf(GRU), 3)).toEqual([0, 0, 0]);
    expect(timesOf(modelOf(GRU, true), 3)).not.toEqual([0, 0, 0]);
  });
});

describe('side inputs', () => {
  it('are as many as the file says, and none where it says nothing', () => {
    const takes = modelOf({ kind: 'gru', config: { ...GRU.config, sideInputs: 2 } });
    expect([takes.sideInputs, modelOf(GRU).sideInputs]).toEqual([2, 0]);
    expect(takes.openSession(createTrie(1)).setSideInputs).toBeDefined();
    expect(modelOf(GRU).openSession(createTrie(1)).setSideInputs).toBeUndefined();
  });

  it('are none of the pairs that ship: their forecasts keep version 0', () => {
    for (const name of ['ngram', 'neural'] as const) {
      const { target, draft } = loadPair(name);
      expect([target.sideInputs, draft.sideInputs]).toEqual([0, 0]);
    }
  });
});

function modelOf(shape: NeuralShape, hasAll = false): Model {
  return neuralModel('test', encodeWeights(randomWeights(shape, 2, { hasAll })));
}

/** That `moves` moves take less than 0.1, 1 and 10 s, after a random walk of small moves. */
function timesOf(model: Model, ...[moves, seed = 1]: [number, number?]): readonly number[] {
  const trie = createTrie(1);
  const session = model.openSession(trie);
  const context = createContext('EURUSD', model.contextMoves);
  const random = seededRandom(seed);
  for (let at = 0; at < 400; at++) {
    const size = 1 + (random.nextU32() % 6);
    appendMove(context, random.nextFloat() < 0.5 ? -size : size);
  }
  resetTrie(trie, context.scale);
  session.prefill(context.tokens, context.codes, trie.code[0]!);
  session.pass(0, 1);
  return session.notReachedQ16(0, moves);
}
