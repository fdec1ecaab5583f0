/** Forecasts against what happened, on histories written by hand. */
import { describe, expect, it } from 'vitest';
import { createContext, FORECAST_HEADER_INTS, forecastInts, HORIZON_INTS } from '#law';
import type { Quote } from '#market';
import { createForecastOutcomes } from './forecast-outcomes.ts';
import { createMarketWatch } from './market-watch.ts';
import { createMoveHistory } from './move-history.ts';

/** A forecast of two moves whose quantiles at every step are these. */
function forecastOf(quantiles: readonly number[]): Int32Array {
  const forecast = new Int32Array(forecastInts(2));
  for (const move of [0, 1]) {
    forecast.set(quantiles, FORECAST_HEADER_INTS + move * HORIZON_INTS + 4);
  }
  return forecast;
}

const WEEK_NS = 7 * 86_400e9;

/** A quote of this mid in half increments. */
function quoteAt(mid: number, exchangeTimeNs: number): Quote {
  const bidIncrements = Math.floor(mid / 2) - 1;
  const askIncrements = mid - bidIncrements;
  return { kind: 'quote', instrument: 0, exchangeTimeNs, bidIncrements, askIncrements };
}

/** A forecast at a mid of 1000, and the mids that came; the last may be of the week after. */
function outcomesAfter(mids: readonly number[], isLastNextWeek = false) {
  const watch = createMarketWatch({ calendar: 'fx-week' }, () => 0n);
  const outcomes = createForecastOutcomes(watch, 2);
  const context = createContext('EURUSD', 4);
  watch.show(quoteAt(990, 0));
  watch.show(quoteAt(1000, 1));
  context.moveIndex = 1;
  outcomes.settled(forecastOf([-5, -2, 0, 2, 5]), watch.placeOf(context)!, 77);
  for (const [at, mid] of mids.entries()) {
    const isNextWeek = isLastNextWeek && at === mids.length - 1;
    watch.show(quoteAt(mid, isNextWeek ? WEEK_NS : at + 2));
    outcomes.judge();
  }
  return outcomes;
}

describe('a forecast', () => {
  it('is judged by the mid after its first and its last move, ends included', () => {
    const { coverage } = outcomesAfter([1002, 1002, 994]);
    expect(coverage.first).toEqual({ forecasts: 1, inside50: 1, inside90: 1 });
    expect(coverage.last).toEqual({ forecasts: 1, inside50: 0, inside90: 0 });
  });

  it('is kept with what happened, from the mid it was made at', () => {
    expect(outcomesAfter([1003, 995]).fans).toEqual([
      {
        timeNs: 77,
        midHalfIncrements: 1000,
        quantiles: [
          [-5, -2, 0, 2, 5],
          [-5, -2, 0, 2, 5],
        ],
        happened: [3, -5],
      },
    ]);
  });

  it('waits for its last move', () => {
    const { coverage, fans } = outcomesAfter([1003]);
    expect(coverage.first.forecasts).toBe(0);
    expect(fans).toEqual([]);
  });

  it('is not judged across a break of the session, whose jump no forecast is about', () => {
    expect(outcomesAfter([1003, 995], true).coverage.last.forecasts).toBe(0);
  });
});

describe('the history', () => {
  it('gives the mid after each change, as far as it remembers', () => {
    const history = createMoveHistory();
    expect(history.midAfter(0)).toBeUndefined();
    for (let mid = 0; mid <= 10_000; mid++) history.show(mid * 2);
    expect(history.count).toBe(10_000);
    expect(history.midAfter(10_000)).toBe(20_000);
    expect(history.midAfter(8000)).toBe(16_000);
    expect(history.midAfter(10_001)).toBeUndefined();
    expect(history.midAfter(1)).toBeUndefined();
  });
});
