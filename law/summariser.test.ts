/** Forecasts from paths against the reference, at every size and at scales no market has. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as reference from '#reference';
import type { Context } from './context.ts';
import {
  entropyOf,
  FORECAST_HEADER_INTS,
  forecastInts,
  forecastText,
  horizonOf,
} from './forecast.ts';
import { noiseKey } from './identity.ts';
import { SCALE_MAX } from './scale.ts';
import { createSummariser } from './summariser.ts';
import { hashModel, type RuleModel, ruleModel } from './testing/hash-model.ts';
import { contextOf, settleContext } from './testing/settle-context.ts';
import { TOKENS } from './tokeniser.ts';
import { createTrie, resetTrie } from './trie.ts';

const PAIRS = [20, 45].map(token => ({ token, code: 20 }));

it.each([
  { paths: 1, moves: 1, scale: 16_384 },
  { paths: 16, moves: 8, scale: 16_384 },
  { paths: 256, moves: 2, scale: 16_384 },
  { paths: 3, moves: 32, scale: 1 },
  { paths: 1, moves: 32, scale: SCALE_MAX },
  { paths: 16, moves: 32, scale: SCALE_MAX },
])('sums $paths paths of $moves moves at scale $scale up as the reference', sized => {
  const { paths, moves, scale } = sized;
  // All tokens are equally likely, so that paths spread as far as they can.
  const options = { salt: 1, window: 2, contextMoves: 2, steepness: 0 };
  const target = hashModel(options);
  const context = contextOf(PAIRS, { scale, moveIndex: 7 });
  const settler = { target, draft: undefined, contextsPerPass: 1, hints: undefined };
  const [forecast] = settleContext(context, {
    ...settler,
    ...sized,
    seed: 3,
    branches: [],
  }).forecasts;
  const key = noiseKey(3, context.symbol, context.epoch);
  const expected = referenceForecast(target, context, { key, paths, moves, pairs: PAIRS });
  expect(forecastText('', forecast!)).toBe(reference.forecastText('', expected));
  expect(entropyOf(forecast!)).toBe(expected.entropyPpm);
});

describe('at the largest scale, where all paths run one way', () => {
  const LONGEST = { moves: 32, scale: SCALE_MAX };
  /** After the highest or lowest token always the same again, else either of them. */
  const runaway = ruleModel({
    ...{ name: 'runaway', window: 1, contextMoves: 1 },
    notReached: () => [0, 0, 0],
    row(heard) {
      const last = heard.at(-1)!.token;
      const likely = last === 0 || last === TOKENS - 1 ? [last] : [0, TOKENS - 1];
      return Int32Array.from({ length: TOKENS }, (_, v) => (likely.includes(v) ? 0 : -(2 ** 30)));
    },
  });
  const lastHorizon = (token: number, paths: number, seed: number) => {
    const context = contextOf([{ token, code: 63 }], { scale: LONGEST.scale, moveIndex: 7 });
    const settler = { target: runaway, draft: undefined, contextsPerPass: 1, hints: undefined };
    const sized = { ...LONGEST, paths, seed };
    const [forecast] = settleContext(context, { ...settler, ...sized, branches: [] }).forecasts;
    const key = noiseKey(seed, context.symbol, context.epoch);
    const pairs = [{ token, code: 63 }];
    const expected = referenceForecast(runaway, context, { key, paths, moves: 32, pairs });
    expect(forecastText('', forecast!)).toBe(reference.forecastText('', expected));
    return horizonOf(forecast!, 32);
  };

  it('cuts a mean that 32 bits do not hold, or a wild market would stop the run', () => {
    const farthest = 32 * 741_376;
    expect(256 * farthest).toBeGreaterThan(2 ** 31);
    const up = { meanQ8: 2 ** 31 - 1, errorQ8: 0, upQ24: 2 ** 24, downQ24: 0 };
    expect(lastHorizon(63, 3, 1)).toEqual({ ...up, quantiles: Array(5).fill(farthest) });
    const down = { meanQ8: -(2 ** 31), errorQ8: 0, upQ24: 0, downQ24: 2 ** 24 };
    expect(lastHorizon(0, 3, 1)).toEqual({ ...down, quantiles: Array(5).fill(-farthest) });
  });

  it('cuts an error that 32 bits do not hold, or it would come out below zero', () => {
    const horizons = Array.from({ length: 20 }, (_, seed) => lastHorizon(32, 2, seed));
    // Two paths that part: their mean is none, their error as far as one of them goes.
    const parted = horizons.filter(({ meanQ8 }) => meanQ8 === 0);
    expect(parted.length).toBeGreaterThan(3);
    for (const { errorQ8 } of parted) expect(errorQ8).toBe(2 ** 31 - 1);
  });
});

it('gives a forecast again for the same paths, or one context would leak into the next', () => {
  const options = { salt: 5, window: 2, contextMoves: 2, steepness: 30_000 };
  const model = hashModel(options);
  const summarise = createSummariser(model);
  const trie = createTrie(1);
  const nodes = new Int32Array(1);
  const session = model.openSession(trie);
  const summaryAt = (scale: number) => {
    resetTrie(trie, scale);
    session.pass(0, 1);
    return summarise({ trie, nodes, nodesOffset: 0, paths: 1, moves: 1, session });
  };
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: SCALE_MAX }), { minLength: 1 }), scales => {
      const first = scales.map(summaryAt);
      expect(scales.map(summaryAt)).toEqual(first);
    }),
    { numRuns: 20 },
  );
});

it('lays a forecast out as its reader takes it apart', () => {
  const forecast = Int32Array.from({ length: forecastInts(2) }, (_, at) => at);
  expect(forecast).toHaveLength(FORECAST_HEADER_INTS + 19);
  expect(entropyOf(forecast)).toBe(21);
  // Of a log whose builds did not know it.
  expect(entropyOf(forecast.subarray(0, 21))).toBeUndefined();
  expect(horizonOf(forecast, 2)).toEqual({
    meanQ8: 12,
    errorQ8: 13,
    upQ24: 14,
    downQ24: 15,
    quantiles: [16, 17, 18, 19, 20],
  });
  expect(forecastText('id', forecast)).toBe(
    'id|0,1,2|3,4,5,6,7,8,9,10,11|12,13,14,15,16,17,18,19,20',
  );
  const older = forecast.subarray(0, 21);
  expect(forecastText('id', older)).toBe(forecastText('id', forecast));
});

function referenceForecast(
  target: RuleModel,
  { symbol, moveIndex, scale }: Context,
  {
    pairs,
    ...sized
  }: Parameters<typeof reference.settledForecast>[2] & {
    pairs: { token: number; code: number }[];
  },
): reference.Forecast {
  const asked: reference.Target = {
    contextMoves: target.contextMoves,
    modelHash: target.hash,
    kernel: target.kernel,
    logits: target.rowAfter,
    notReached: target.notReachedAfter,
  };
  const start = { ...reference.firstContext(symbol), moveIndex, scale, pairs };
  return reference.settledForecast(asked, start, sized);
}
