/**
 * The Universal Scalability Law, fitted to measured throughputs: what n workers reach together.
 *
 *     X(n) = rate n / (1 + contention (n - 1) + crosstalk n (n - 1))
 *
 * `n / X(n)` is linear in 1/rate, contention/rate and crosstalk/rate: the fit is a linear one, of
 * relative errors, and needs no starting point. Neither coefficient may be below zero: one that
 * would be is held at zero, and the rest is fitted again.
 */

import { seededRandom } from '#engine';
import { median } from '../../statistics.ts';

/** The throughputs measured at one level, one a round. */
export type Level = { readonly n: number; readonly throughputs: readonly number[] };

export type Law = {
  /** What one worker does. */
  readonly rate: number;
  /** Share of the work that only one may do at a time. */
  readonly contention: number;
  /** Cost of each pair of workers that have to agree. */
  readonly crosstalk: number;
};

export type LawFit = Law & {
  /** 95 % of fits of resampled rounds lie within. */
  readonly intervals: Readonly<Record<keyof Law, readonly [low: number, high: number]>>;
  /** Largest relative error of the law at a measured level. */
  readonly errorMax: number;
  /** Where throughput is highest; infinite without crosstalk. */
  readonly peakAt: number;
  /** Why the law is not to be read off these data; empty where it may be. */
  readonly doubts: readonly string[];
};

const LEVELS_LEAST = 4;
const ROUNDS_LEAST = 3;
const RESAMPLES = 1000;
const TAIL = 0.025;
/** Of what the law says at twice the largest level measured, either way. */
const SPREAD_MAX = 0.25;
const ERROR_MAX = 0.1;

/** What the law gives for n workers. */
export function throughputAt({ rate, contention, crosstalk }: Law, n: number): number {
  return (rate * n) / (1 + contention * (n - 1) + crosstalk * n * (n - 1));
}

/** Undefined where the levels are fewer than the law has coefficients. */
export function fitLaw(levels: readonly Level[]): LawFit | undefined {
  const medians = levels.map(({ n, throughputs }) => ({ n, throughput: median(throughputs) }));
  if (new Set(levels.map(({ n }) => n)).size < COEFFICIENTS) return undefined;
  const law = fitPoints(medians);
  const random = seededRandom('law');
  const fits = Array.from({ length: RESAMPLES }, () =>
    fitPoints(
      levels.map(({ n, throughputs }) => {
        const drawn = throughputs.map(
          () => throughputs[Math.floor(random.nextFloat() * throughputs.length)]!,
        );
        return { n, throughput: median(drawn) };
      }),
    ),
  );
  const intervalOf = (read: (fit: Law) => number): readonly [number, number] => {
    const sorted = fits.map(read).sort((one, other) => one - other);
    const at = (share: number) => sorted[Math.round(share * (RESAMPLES - 1))]!;
    return [at(TAIL), at(1 - TAIL)];
  };
  const errors = medians.map(({ n, throughput }) =>
    Math.abs(throughputAt(law, n) / throughput - 1),
  );
  const errorMax = Math.max(...errors);
  const beyond = 2 * Math.max(...levels.map(({ n }) => n));
  return {
    ...law,
    intervals: {
      rate: intervalOf(fit => fit.rate),
      contention: intervalOf(fit => fit.contention),
      crosstalk: intervalOf(fit => fit.crosstalk),
    },
    errorMax,
    peakAt: peakOf(law),
    doubts: doubtsOf(levels, {
      errorMax,
      beyond,
      spread: intervalOf(fit => throughputAt(fit, beyond) / throughputAt(law, beyond)),
    }),
  };
}

/** At one where each further worker costs more than it does. */
function peakOf({ contention, crosstalk }: Law): number {
  if (contention >= 1) return 1;
  return Math.max(1, Math.sqrt((1 - contention) / crosstalk));
}

type Evidence = {
  readonly errorMax: number;
  readonly beyond: number;
  readonly spread: readonly [number, number];
};

function doubtsOf(levels: readonly Level[], { errorMax, beyond, spread }: Evidence): string[] {
  const doubts: string[] = [];
  const count = new Set(levels.map(({ n }) => n)).size;
  const rounds = Math.min(...levels.map(({ throughputs }) => throughputs.length));
  if (count < LEVELS_LEAST) {
    doubts.push(`${count} levels fit any law of three coefficients; measure ${LEVELS_LEAST}`);
  }
  if (rounds < ROUNDS_LEAST) {
    doubts.push(`a level has ${rounds} rounds, which say nothing of noise; ${ROUNDS_LEAST} do`);
  }
  if (errorMax > ERROR_MAX) {
    doubts.push(`a level is ${percent(errorMax)} off the law: it does not describe these data`);
  }
  const [low, high] = spread;
  if (low < 1 - SPREAD_MAX || high > 1 + SPREAD_MAX) {
    const range = `${percent(low)} to ${percent(high)}`;
    doubts.push(`at n = ${beyond} rounds alone make it ${range} of the fit: not determined`);
  }
  return doubts;
}

const percent = (share: number) => `${(share * 100).toFixed(0)} %`;

type Point = { readonly n: number; readonly throughput: number };

const COEFFICIENTS = 3;
/** Which of 1/rate, contention/rate and crosstalk/rate are not held at zero. */
const FREE = [[0, 1, 2], [0, 1], [0, 2], [0]];

/** Of all fits without a coefficient below zero the one with the least squares. */
function fitPoints(points: readonly Point[]): Law {
  const rows = points.map(({ n, throughput }) => {
    const perWorker = throughput / n;
    return [perWorker, perWorker * (n - 1), perWorker * n * (n - 1)];
  });
  let best = [0, 0, 0];
  let leastError = Number.POSITIVE_INFINITY;
  for (const free of FREE) {
    const found = leastSquares(rows, free);
    if (found === undefined || found.some(value => value < 0)) continue;
    const error = rows.reduce((sum, row) => sum + (1 - dot(row, found)) ** 2, 0);
    // One that is held at zero for nothing has the same error, up to rounding.
    if (error < leastError * (1 - 1e-9)) [best, leastError] = [found, error];
  }
  const [inverse, contention, crosstalk] = best as [number, number, number];
  const rate = 1 / inverse;
  return { rate, contention: contention * rate, crosstalk: crosstalk * rate };
}

const dot = (one: readonly number[], other: readonly number[]) =>
  one.reduce((sum, value, at) => sum + value * other[at]!, 0);

/** The coefficients whose products with the rows are nearest to 1, those not free being zero. */
function leastSquares(
  rows: readonly (readonly number[])[],
  free: readonly number[],
): number[] | undefined {
  const scales = free.map(at => Math.hypot(...rows.map(row => row[at]!)));
  const scaled = rows.map(row => free.map((at, index) => row[at]! / scales[index]!));
  const system = free.map((_, at) => [
    ...free.map((_, other) => scaled.reduce((sum, row) => sum + row[at]! * row[other]!, 0)),
    scaled.reduce((sum, row) => sum + row[at]!, 0),
  ]);
  const solved = solve(system);
  if (solved === undefined) return undefined;
  const found = [0, 0, 0];
  for (const [index, at] of free.entries()) found[at] = solved[index]! / scales[index]!;
  return found;
}

/** Gauss with pivots; undefined where the levels do not tell the coefficients apart. */
function solve(system: number[][]): number[] | undefined {
  const size = system.length;
  for (let column = 0; column < size; column++) {
    const rest = system.slice(column);
    const pivot = rest.reduce((best, row) =>
      Math.abs(row[column]!) > Math.abs(best[column]!) ? row : best,
    );
    if (Math.abs(pivot[column]!) < 1e-12) return undefined;
    system.splice(system.indexOf(pivot), 1);
    system.splice(column, 0, pivot);
    for (const row of system) {
      if (row === pivot) continue;
      const factor = row[column]! / pivot[column]!;
      for (let at = column; at <= size; at++) row[at] = row[at]! - factor * pivot[at]!;
    }
  }
  return system.map((row, at) => row[size]! / row[at]!);
}
