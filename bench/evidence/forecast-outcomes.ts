/** Settled forecasts of one instrument against what its mid did: coverage, and a few to look at. */
import type { Nanoseconds } from '#engine';
import { type Forecast, horizonOf } from '#law';
import type { MarketPlace, MarketWatch } from './market-watch.ts';
import type { MoveHistory } from './move-history.ts';
import { createThinnedSample } from './thinned-sample.ts';

/** Forecasts whose outcome is known, and how many of those outcomes lay in the interval. */
export type Coverage = { forecasts: number; inside50: number; inside90: number };

/** A forecast and what happened, in half price increments from the mid it was made at. */
export type Fan = {
  timeNs: Nanoseconds;
  midHalfIncrements: number;
  /** By move 1..H: the 5, 25, 50, 75 and 95 % quantiles. */
  quantiles: number[][];
  /** By move 1..H. */
  happened: number[];
};

export type ForecastOutcomes = {
  settled(forecast: Forecast, place: MarketPlace, timeNs: Nanoseconds): void;
  /** Judges what can be judged since the last quote was shown. */
  judge(): void;
  /** After the first move, and after the last of the forecast. */
  readonly coverage: { first: Coverage; last: Coverage };
  readonly fans: readonly Fan[];
};

type Open = MarketPlace & { forecast: Forecast; timeNs: Nanoseconds };

const FANS_MAX = 60;

/** A forecast a move, open until H moves later. */
const OPEN_MAX = 64;

export function createForecastOutcomes(watch: MarketWatch, moves: number): ForecastOutcomes {
  const { history } = watch;
  const open: Open[] = [];
  const coverage = { first: noCoverage(), last: noCoverage() };
  const fans = createThinnedSample<Fan>(FANS_MAX);
  return {
    coverage,
    fans: fans.items,
    settled(forecast, place, timeNs) {
      if (open.length === OPEN_MAX) open.shift();
      open.push({ ...place, forecast, timeNs });
    },
    judge() {
      while (open.length > 0) {
        const [one] = open as [Open];
        if (one.epoch === watch.epoch && history.count - one.count < moves) return;
        open.shift();
        // The jump into the next epoch is no move, and no forecast is about it.
        if (one.epoch !== watch.epoch) continue;
        const happened = happenedAfter(one.count, moves, history);
        if (happened === undefined) continue;
        note(coverage.first, horizonOf(one.forecast, 1).quantiles, happened[0]!);
        note(coverage.last, horizonOf(one.forecast, moves).quantiles, happened[moves - 1]!);
        fans.offer(() => fanOf(one, history, happened));
      }
    },
  };
}

const noCoverage = (): Coverage => ({ forecasts: 0, inside50: 0, inside90: 0 });

/** The mid after each of the next moves, from the mid after `count`; undefined if unknown. */
export function happenedAfter(
  count: number,
  moves: number,
  history: MoveHistory,
): number[] | undefined {
  const from = history.midAfter(count);
  if (from === undefined || history.count - count < moves) return undefined;
  return Array.from({ length: moves }, (_, h) => history.midAfter(count + h + 1)! - from);
}

/** Both ends belong to an interval: on a lattice it holds at least what its name says. */
function note(coverage: Coverage, quantiles: readonly number[], happened: number): void {
  const [q5, q25, , q75, q95] = quantiles;
  coverage.forecasts++;
  if (happened >= q25! && happened <= q75!) coverage.inside50++;
  if (happened >= q5! && happened <= q95!) coverage.inside90++;
}

function fanOf({ forecast, count, timeNs }: Open, history: MoveHistory, happened: number[]): Fan {
  const quantiles = happened.map((_, h) => [...horizonOf(forecast, h + 1).quantiles]);
  return { timeNs, midHalfIncrements: history.midAfter(count)!, quantiles, happened };
}
