/** The speculator: the draft's own forecast, its likeliest next moves, and hints worth giving. */

import { hash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { appendMove, type Context, createContext, forecastText, TOKENS } from '#law';
import { afresh, loadNgramPair } from '#models';
import * as reference from '#reference';
import { createSpeculator } from './speculator.ts';

const { target, draft } = loadNgramPair();
const SIZE = { branches: 5, paths: 3, moves: 4 };
const SEED = 9;
/** Moves between one look ahead and the next, and whether the present is drafted as well. */
const looks = fc.array(
  fc.record({
    moves: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
    isMiss: fc.boolean(),
  }),
  { minLength: 1, maxLength: 8 },
);

it('drafts what the law would settle if the draft were the target, hints included', () => {
  fc.assert(
    fc.property(looks, given => {
      const speculator = createSpeculator(draft, SEED, SIZE);
      const context = fullContext();
      for (const { moves, isMiss } of given) {
        for (const move of moves) appendMove(context, move % 2 === 0 ? move : -move);
        speculator.begin(context);
        if (isMiss) {
          speculator.draftPresent();
          const text = forecastText('', speculator.provisional());
          expect(text).toBe(draftForecast(context));
        }
        const branches = speculator.branches();
        expect([...branches]).toEqual(likeliest(context));
        const contexts = branches.length + (isMiss ? 1 : 0);
        const hints = speculator.hints();
        expect(hints).toHaveLength(contexts * SIZE.paths * SIZE.moves);
        const expected = [
          ...(isMiss ? draftPaths(context) : []),
          ...[...branches].flatMap(branch => draftPaths(afterToken(context, branch))),
        ];
        expect([...hints]).toEqual(expected);
      }
    }),
    { numRuns: 20 },
  );
});

function fullContext(): Context {
  const context = createContext('EURUSD', target.contextMoves);
  for (let at = 0; at < target.contextMoves; at++) appendMove(context, at % 3 === 0 ? -2 : 1);
  return context;
}

/** A context one move further on. */
function afterToken(context: Context, token: number): Context {
  const code = reference.scaleCode(context.scale);
  return {
    ...context,
    moveIndex: context.moveIndex + 1,
    scale: reference.scaleStep(context.scale, token),
    tokens: Uint8Array.of(...context.tokens.subarray(1), token),
    codes: Uint8Array.of(...context.codes.subarray(1), code),
  };
}

function referenceContext({ symbol, epoch, moveIndex, scale, tokens, codes }: Context) {
  const pairs = Array.from(tokens, (token, at) => ({ token, code: codes[at]! }));
  return { ...reference.firstContext(symbol), epoch, moveIndex, scale, pairs };
}

function keyOf(context: reference.Context) {
  const words = hash('sha256', reference.noiseText(context, SEED), 'buffer');
  return [words.readUInt32LE(0), words.readUInt32LE(4)] as const;
}

function draftForecast(context: Context): string {
  const start = referenceContext(context);
  const by = { key: keyOf(start), ...SIZE };
  return reference.forecastText('', reference.settledForecast(afresh(draft), start, by));
}

/** Tokens `[path][move]` that the draft chooses under the law's noise. */
function draftPaths(context: Context): number[] {
  const start = referenceContext(context);
  const key = keyOf(start);
  return Array.from({ length: SIZE.paths }, (_, path) => {
    let { pairs, scale } = start;
    return Array.from({ length: SIZE.moves }, (_, at) => {
      const code = reference.scaleCode(scale);
      const moveIndex = start.moveIndex + at;
      const token = reference.coupledChoice(afresh(draft).logits(pairs, code), v =>
        reference.gumbel(key, { moveIndex, path, token: v }),
      );
      pairs = [...pairs, { token, code }];
      scale = reference.scaleStep(scale, token);
      return token;
    });
  }).flat();
}

/** The likeliest first, equals in token order. */
function likeliest(context: Context): number[] {
  const { pairs, scale } = referenceContext(context);
  const row = afresh(draft).logits(pairs, reference.scaleCode(scale));
  const tokens = Array.from({ length: TOKENS }, (_, token) => token);
  return tokens.sort((a, b) => row[b]! - row[a]! || a - b).slice(0, SIZE.branches);
}
