/** Forecasts from paths against the reference, at every size and at scales no market has. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as reference from '#reference';
import type { Context } from './context.ts';
import { FORECAST_HEADER_INTS, forecastInts, forecastText, horizonOf } from './forecast.ts';
import { noiseKey } from './identity.ts';
import { SCALE_MAX } from './scale.ts';
import { createSummariser } from './summariser.ts';
import { type HashModel, hashModel } from './testing/hash-model.ts';
import { contextOf, settleContext } from './testing/settle-context.ts';
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
  const expected = referenceForecast(target, context, { key, paths, moves });
  expect(forecastText('', forecast!)).toBe(reference.forecastText('', expected));
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
  expect(forecast).toHaveLength(FORECAST_HEADER_INTS + 18);
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
});

function referenceForecast(
  target: HashModel,
  { symbol, moveIndex, scale }: Context,
  sized: Parameters<typeof reference.settledForecast>[2],
): reference.Forecast {
  const asked: reference.Target = {
    contextMoves: target.contextMoves,
    modelHash: target.hash,
    kernel: target.kernel,
    logits: target.rowAfter,
    notReached: target.notReachedAfter,
  };
  const start = { ...reference.firstContext(symbol), moveIndex, scale, pairs: PAIRS };
  return reference.settledForecast(asked, start, sized);
}
