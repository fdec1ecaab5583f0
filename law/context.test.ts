/** Contexts and their identities against the reference, over any walk of the mid. */

import { hash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as reference from '#reference';
import { appendMove, createContext, isReady, openEpoch } from './context.ts';
import { forecastIdentity, noiseKey } from './identity.ts';
import { NO_SIDE_INPUTS } from './side-inputs.ts';

const C = 5;
const BY = { modelHash: 'ab', kernel: 'ngram/1', seed: 3, paths: 2, moves: 4 };
const RUN = BY;

/** Moves of the mid; 0 stands for a new session. */
const walks = fc.array(fc.oneof(fc.integer({ min: -40, max: 40 }), fc.integer()), {
  maxLength: 40,
});

it('follows the reference through moves and epochs, or live and lockstep would part', () => {
  fc.assert(
    fc.property(walks, walk => {
      const context = createContext('EURUSD', C);
      let mid = 0;
      let session = 1;
      let expected = reference.contextAfter(reference.firstContext('EURUSD'), { mid, session }, C);
      for (const move of walk) {
        if (move === 0) {
          session++;
          openEpoch(context, context.epoch + 1);
        } else {
          mid += move;
          appendMove(context, move);
        }
        expected = reference.contextAfter(expected, { mid, session }, C);
        const { epoch, moveIndex, scale } = context;
        expect({ epoch, moveIndex, scale }).toEqual({
          epoch: expected.epoch,
          moveIndex: expected.moveIndex,
          scale: expected.scale,
        });
        expect(isReady(context)).toBe(expected.pairs.length === C);
        if (!isReady(context)) continue;
        const pairs = Array.from(context.tokens, (token, at) => ({
          token,
          code: context.codes[at]!,
        }));
        expect(pairs).toEqual(expected.pairs);
        expect(forecastIdentity(context, RUN)).toBe(identityOf(expected));
      }
    }),
  );
});

it('names no forecast before C moves', () => {
  const context = createContext('EURUSD', C);
  for (let move = 1; move < C; move++) appendMove(context, move);
  expect(() => forecastIdentity(context, RUN)).toThrow('only a full context');
});

it('names other forecasts for anything that would change them', () => {
  const contextOf = (symbol: string) => {
    const context = createContext(symbol, C);
    for (let move = 1; move <= C; move++) appendMove(context, move);
    return context;
  };
  const names = new Set([
    forecastIdentity(contextOf('EURUSD'), RUN),
    forecastIdentity(contextOf('XAUUSD'), RUN),
    forecastIdentity({ ...contextOf('EURUSD'), epoch: 1 }, RUN),
    forecastIdentity({ ...contextOf('EURUSD'), moveIndex: C + 1 }, RUN),
    forecastIdentity({ ...contextOf('EURUSD'), scale: 1 }, RUN),
    forecastIdentity(
      { ...contextOf('EURUSD'), sideInputs: { ...NO_SIDE_INPUTS, version: 1 } },
      RUN,
    ),
    ...[{ modelHash: 'ac' }, { kernel: 'int8/1' }, { seed: 4 }, { paths: 3 }, { moves: 5 }].map(
      change => forecastIdentity(contextOf('EURUSD'), { ...RUN, ...change }),
    ),
  ]);
  expect(names.size).toBe(11);
});

it('keys each epoch of each instrument of each seed apart', () => {
  const text = reference.noiseText({ ...reference.firstContext('XAUUSD'), epoch: 7 }, 3);
  const bytes = hash('sha256', text, 'buffer');
  expect(noiseKey(3, 'XAUUSD', 7)).toEqual([bytes.readUInt32LE(0), bytes.readUInt32LE(4)]);
  const keys = [noiseKey(3, 'XAUUSD', 7), noiseKey(3, 'XAUUSD', 8), noiseKey(4, 'XAUUSD', 7)];
  expect(new Set([...keys, noiseKey(3, 'EURUSD', 7)].map(String)).size).toBe(4);
});

function identityOf(context: reference.Context): string {
  return hash('sha256', reference.identityText(context, Object.values(BY))).slice(0, 32);
}
