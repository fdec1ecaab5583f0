/** The policies: the default one against the reference, the second by what it promises. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORECAST_HEADER_INTS, forecastInts, HORIZON_INTS } from '#law';
import * as reference from '#reference';
import { followForecast } from './follow-forecast.ts';
import type { Parent } from './parent.ts';
import { type DecisionInput, isWorthSending, type SentWish } from './policy.ts';
import { workParent } from './work-parent.ts';

const MOVES = 2;
const quote = fc
  .record({ bid: fc.integer({ min: -50, max: 200_000 }), spread: fc.integer({ min: 0, max: 40 }) })
  .map(({ bid, spread }) => ({
    ...{ kind: 'quote' as const, instrument: 0, exchangeTimeNs: 0 },
    ...{ bidIncrements: bid, askIncrements: bid + spread },
  }));
const horizon = fc.record({
  mean: fc.integer({ min: -12_000, max: 12_000 }),
  error: fc.integer({ min: 0, max: 2000 }),
  up: fc.constant(0),
  down: fc.constant(0),
  quantiles: fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 5, maxLength: 5 }),
});
const forecast = fc
  .array(horizon, { minLength: MOVES, maxLength: MOVES })
  .map(horizons => ({ notReached: [1, 2, 3], horizons, entropyPpm: 0 }));
const occasions = fc.array(
  fc.record({
    afterNs: fc.nat({ max: 40e9 }),
    quote,
    forecast,
    position: fc.integer({ min: -60, max: 60 }),
  }),
  { maxLength: 30 },
);
const policies = fc.record({
  parentLots: fc.integer({ min: 1, max: 200 }),
  parentDurationNs: fc.constantFrom(60e9, 100e9),
  slices: fc.constantFrom(1, 4, 10),
  crossAfterPercent: fc.integer({ min: 0, max: 100 }),
  waitSpreadPercent: fc.integer({ min: 0, max: 200 }),
  holdNs: fc.constantFrom(0, 250e6, 30e9),
});

it('works parents as the reference does, or lockstep would part from the law', () => {
  fc.assert(
    fc.property(policies, occasions, (config, given) => {
      const policy = workParent(config);
      const worker: reference.Worker = { policy: config };
      let sent: SentWish | undefined;
      let timeNs = 0;
      for (const occasion of given) {
        timeNs += occasion.afterNs;
        const { position: positionLots, ...at } = occasion;
        const expected = reference.decide(worker, { ...at, timeNs, positionLots });
        const wish = policy.wish(inputOf({ ...at, timeNs, positionLots }));
        const { midLow, midHigh, timeNs: _, ...rest } = expected.wish;
        const limits = { midLowHalfIncrements: midLow, midHighHalfIncrements: midHigh };
        expect(wish).toEqual({ ...rest, ...limits });
        const isSent = isWorthSending(sent, wish, { timeNs, holdNs: config.holdNs });
        expect(isSent).toBe(expected.isSent);
        if (isSent) sent = { wish, timeNs };
      }
    }),
  );
});

it('tells of each parent once, or slippage would be measured against the wrong start', () => {
  const parents: Parent[] = [];
  const config = { parentLots: 10, parentDurationNs: 100, slices: 5, crossAfterPercent: 75 };
  const policy = workParent({ ...config, waitSpreadPercent: 25 }, (_, parent) => {
    parents.push(parent);
  });
  const wishAt = (timeNs: number, positionLots: number) =>
    policy.wish(inputOf({ timeNs, positionLots, quote: QUOTE, forecast: FLAT }));
  expect([0, 20, 99].map(timeNs => wishAt(timeNs, 0).desiredLots)).toEqual([2, 4, 10]);
  expect([250, 349].map(timeNs => wishAt(timeNs, 7).desiredLots)).toEqual([5, -3]);
  expect(parents).toEqual([
    { number: 0, side: 1, startNs: 0, startLots: 0 },
    { number: 1, side: -1, startNs: 250, startLots: 7 },
  ]);
});

describe('following the forecast', () => {
  const policy = followForecast({ positionLots: 6, leanSpreadPercent: 50 });
  const wishOf = (mean: number, error: number, positionLots: number) => {
    const horizons = [{ ...FLAT.horizons[0]!, mean, error }];
    const seen = { ...FLAT, horizons: [FLAT.horizons[0]!, ...horizons] };
    return policy.wish(inputOf({ timeNs: 0, positionLots, quote: QUOTE, forecast: seen }));
  };

  it.each([
    // The spread of 4 increments is 1024 in Q8: half of it is 512.
    [513, 0, 0, 'join', 6, 100],
    [-513, 0, 0, 'join', -6, 104],
    [512, 0, 0, 'wait', 0, 100],
    [713, 100, 0, 'join', 6, 100],
    [712, 100, 0, 'wait', 0, 100],
    [0, 0, 6, 'cross', 0, 100],
    [0, 0, -6, 'cross', 0, 104],
    [600, 0, 6, 'wait', 6, 100],
    [-600, 0, 6, 'join', -6, 104],
  ])('mean %i +- %i at %i lots is %s to %i at %i', (mean, error, lots, ...wish) => {
    const { style, desiredLots, limitIncrements } = wishOf(mean, error, lots);
    expect([style, desiredLots, limitIncrements]).toEqual(wish);
  });
});

it('follows the touch instead of joining it where told to, no further than it would pay', () => {
  const policy = followForecast({ positionLots: 6, leanSpreadPercent: 50, restingStyle: 'peg' });
  const horizons = [FLAT.horizons[0]!, { ...FLAT.horizons[0]!, mean: 600 }];
  const forecast = { ...FLAT, horizons };
  const wishOf = (positionLots: number) =>
    policy.wish(inputOf({ timeNs: 0, positionLots, quote: QUOTE, forecast }));
  expect(wishOf(0)).toMatchObject({ style: 'peg', desiredLots: 6, limitIncrements: 104 });
  expect(wishOf(6).style).toBe('wait');
});

const QUOTE = {
  ...{ kind: 'quote' as const, instrument: 0, exchangeTimeNs: 0 },
  ...{ bidIncrements: 100, askIncrements: 104 },
};
const STILL = { mean: 0, error: 0, up: 0, down: 0, quantiles: [-1, 0, 0, 0, 1] };
const FLAT: reference.Forecast = {
  ...{ notReached: [0, 0, 0], horizons: [STILL, STILL], entropyPpm: 0 },
};

/** The reference's forecast in the product's layout. */
function inputOf(occasion: reference.Occasion): DecisionInput {
  const { timeNs, positionLots } = occasion;
  const flat = new Int32Array(forecastInts(MOVES));
  for (const [at, h] of occasion.forecast.horizons.entries()) {
    const ints = [h.mean, h.error, h.up, h.down, ...h.quantiles];
    flat.set(ints, FORECAST_HEADER_INTS + at * HORIZON_INTS);
  }
  const { quote: seen } = occasion;
  const features = { value: () => undefined };
  const present = { instrument: 0, timeNs, quote: seen, positionLots, features };
  return { ...present, forecast: flat, moves: MOVES };
}
