/** A model that lived on with the market says what one asked afresh says, whatever it missed. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { gumbel } from '#reference';
import { appendMove, type Context, createContext, isReady, openEpoch } from './context.ts';
import { createFollower } from './follower.ts';
import { noiseKey } from './identity.ts';
import { createNoiseWindow } from './noise-window.ts';
import { createRunner } from './passes.ts';
import { createPathSet } from './paths.ts';
import { freezeSideInputs, NO_SIDE_INPUTS, underNextSideInputs } from './side-inputs.ts';
import { hashModel } from './testing/hash-model.ts';
import { TOKENS } from './tokeniser.ts';
import { resetTrie } from './trie.ts';

const C = 6;
const SIZE = { branches: 0, paths: 1, moves: 1 };
const moves = fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 1, maxLength: 20 });
/** Stretches of moves the model does not see one by one; 0 opens an epoch, `forget` loses track. */
const life = fc.array(fc.record({ moves, forgets: fc.boolean() }), { maxLength: 12 });

it('hears each move once, or its forecasts would be of another market', () => {
  fc.assert(
    fc.property(life, stretches => {
      const model = hashModel({ salt: 4, window: C, contextMoves: C, steepness: 9 });
      const set = createPathSet(SIZE);
      const noise = createNoiseWindow(SIZE);
      const runner = createRunner(model, noise, set);
      const follower = createFollower(11, noise, [runner]);
      const context = createContext('EURUSD', C);
      for (const stretch of stretches) {
        for (const move of stretch.moves) {
          if (move === 0) openEpoch(context, context.epoch + 1);
          else appendMove(context, move);
        }
        if (stretch.forgets) follower.forget();
        if (!isReady(context)) continue;
        follower.follow(context);
        resetTrie(set.trie, context.scale);
        runner.session.pass(0, 1);
        const { tokens, codes } = context;
        const pairs = Array.from(tokens, (token, at) => ({ token, code: codes[at]! }));
        const row = model.rowAfter(pairs, set.trie.code[0]!);
        expect(runner.session.logits.subarray(0, TOKENS)).toEqual(row);
        const { moveIndex } = context;
        noise.cover(moveIndex, 1);
        const key = noiseKey(11, 'EURUSD', context.epoch);
        const value = noise.ring.values[noise.offset(moveIndex, 0) + 5];
        expect(value).toBe(gumbel(key, { moveIndex, path: 0, token: 5 }));
      }
    }),
  );
});

it('reads all anew under other side inputs, or positions would be of two versions', () => {
  const model = hashModel({ salt: 4, window: C, contextMoves: C, sideInputs: 2, steepness: 9 });
  const set = createPathSet(SIZE);
  const noise = createNoiseWindow(SIZE);
  const runner = createRunner(model, noise, set);
  const follower = createFollower(11, noise, [runner]);
  const context = createContext('EURUSD', C);
  const saysUnder = (looked: Context) => {
    follower.follow(looked);
    resetTrie(set.trie, looked.scale);
    runner.session.pass(0, 1);
    const pairs = Array.from(looked.tokens, (token, at) => ({ token, code: looked.codes[at]! }));
    const row = model.rowAfter(pairs, set.trie.code[0]!, looked.sideInputs.values);
    expect(runner.session.logits.subarray(0, TOKENS)).toEqual(row);
    return [...row];
  };
  for (let move = 1; move <= 2 * C; move++) appendMove(context, move);
  const before = saysUnder(context);
  freezeSideInputs(context, { version: 1, values: Int16Array.of(3, 4) });
  expect(saysUnder(context)).toEqual(before);
  expect(saysUnder(underNextSideInputs(context))).not.toEqual(before);
  appendMove(context, 3);
  saysUnder(context);
  freezeSideInputs(context, NO_SIDE_INPUTS);
  appendMove(context, 2);
  saysUnder(context);
  follower.forget();
  saysUnder(context);
});

it('starts anew where a context only claims to follow, or a warm-up would colour forecasts', () => {
  const model = hashModel({ salt: 4, window: C, contextMoves: C, steepness: 9 });
  const set = createPathSet(SIZE);
  const noise = createNoiseWindow(SIZE);
  const runner = createRunner(model, noise, set);
  const follower = createFollower(11, noise, [runner]);
  const contextOf = (first: number) => {
    const context = createContext('EURUSD', C);
    for (let move = 0; move < 2 * C; move++) appendMove(context, first + move);
    return context;
  };
  follower.follow(contextOf(1));
  const other = contextOf(5);
  follower.follow(other);
  resetTrie(set.trie, other.scale);
  runner.session.pass(0, 1);
  const pairs = Array.from(other.tokens, (token, at) => ({ token, code: other.codes[at]! }));
  expect(runner.session.logits.subarray(0, TOKENS)).toEqual(
    model.rowAfter(pairs, set.trie.code[0]!),
  );
});

it('starts anew where only the scale differs, or the next ladder would be another one', () => {
  const model = hashModel({ salt: 4, window: C, contextMoves: C, steepness: 9 });
  const set = createPathSet(SIZE);
  const noise = createNoiseWindow(SIZE);
  const runner = createRunner(model, noise, set);
  const follower = createFollower(11, noise, [runner]);
  const context = createContext('EURUSD', C);
  for (let move = 1; move <= 2 * C; move++) appendMove(context, move);
  follower.follow(context);
  const { tokens, codes } = context;
  const pairs = Array.from(tokens, (token, at) => ({ token, code: codes[at]! }));
  context.scale *= 64;
  follower.follow(context);
  resetTrie(set.trie, context.scale);
  runner.session.pass(0, 1);
  const row = model.rowAfter(pairs, set.trie.code[0]!);
  expect(runner.session.logits.subarray(0, TOKENS)).toEqual(row);
});
