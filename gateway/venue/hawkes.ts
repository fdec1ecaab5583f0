/**
 * A multivariate Hawkes process with exponential kernels: events that make further events likelier.
 *
 *     intensity of component i:  base_i + sum over kernels k of excitation_ki
 *     an event of component j:   excitation_ki += branching_k[i][j] * decay_k
 *     between events:            excitation_ki decays by exp(-decay_k * elapsed)
 *
 * Simulated by thinning (Ogata): between events the total intensity only falls, so its value now
 * bounds it until the next. One exponential a kernel and candidate, whatever the components.
 */
import {
  exponentialVariate,
  type Nanoseconds,
  OutriderError,
  type Random,
  SECOND_NS,
  stableExp,
  stableLn,
} from '#engine';

export type HawkesKernel = {
  /** How fast an excitation fades: 1 / decayPerSecond is its mean life in seconds. */
  decayPerSecond: number;
  /** Mean number of events of component i (row) that one event of component j (column) causes. */
  branching: number[][];
};

export type HawkesConfig = {
  /** Events a second that nothing excited, per component. */
  baseRatesPerSecond: number[];
  kernels: HawkesKernel[];
};

export type HawkesEvent = { timeNs: Nanoseconds; component: number };

export type Hawkes = {
  /** Draws the next event; times strictly increase. */
  next(): HawkesEvent;
};

type State = {
  timeNs: Nanoseconds;
  baseRates: number[];
  baseTotal: number;
  decays: number[];
  /** Per kernel: what an event of a component adds, [component][excited component], a second. */
  jumps: number[][][];
  /** Per kernel: the excitation of each component now, a second. */
  excitations: number[][];
};

/** Throws `bad-config` unless the process is stationary: a spectral radius of branching below 1. */
export function createHawkes(
  config: HawkesConfig,
  { random, startNs }: { random: Random; startNs: Nanoseconds },
): Hawkes {
  checkShape(config);
  const radius = spectralRadius(totalBranching(config));
  if (!(radius < 1)) {
    throw new OutriderError(
      'bad-config',
      `the spectral radius of kernels[].branching is ${radius}: lower it below 1`,
    );
  }
  const state = startState(config, startNs);
  return { next: () => next(state, random) };
}

/** Mean events a second of each component in the long run: (I - branching)^-1 base rates. */
export function stationaryRatesPerSecond(config: HawkesConfig): number[] {
  checkShape(config);
  let power = totalBranching(config);
  let rates = [...config.baseRatesPerSecond];
  // (I + G)(I + G^2)(I + G^4)... is the whole series of generations, 2^k of them after k factors.
  for (let k = 0; k < SQUARINGS; k++) {
    const further = power.map(row => dot(row, rates));
    rates = rates.map((rate, i) => rate + further[i]!);
    power = squared(power);
  }
  return rates;
}

/** Largest eigenvalue of a non-negative square matrix, by repeated squaring. */
export function spectralRadius(matrix: number[][]): number {
  let power = matrix;
  let logRadius = 0;
  let weight = 1;
  for (let k = 0; k < SQUARINGS; k++) {
    const norm = Math.max(...power.map(row => row.reduce((sum, value) => sum + value, 0)));
    if (norm === 0) return 0;
    logRadius += weight * stableLn(norm);
    weight /= 2;
    power = squared(power.map(row => row.map(value => value / norm)));
  }
  return stableExp(logRadius);
}

const SQUARINGS = 40;

function next(state: State, random: Random): HawkesEvent {
  for (let bound = totalIntensity(state); ; ) {
    const waitNs = Math.ceil((exponentialVariate(random) / bound) * SECOND_NS);
    elapse(state, Math.max(1, waitNs));
    const total = totalIntensity(state);
    const level = random.nextFloat() * bound;
    if (level < total) {
      const component = componentAt(state, level);
      excite(state, component);
      return { timeNs: state.timeNs, component };
    }
    bound = total;
  }
}

function elapse(state: State, elapsedNs: number): void {
  state.timeNs += elapsedNs;
  state.excitations.forEach((excitation, k) => {
    const kept = stableExp((-state.decays[k]! * elapsedNs) / SECOND_NS);
    for (let i = 0; i < excitation.length; i++) excitation[i]! *= kept;
  });
}

function totalIntensity({ baseTotal, excitations }: State): number {
  let total = baseTotal;
  for (const excitation of excitations) {
    for (const value of excitation) total += value;
  }
  return total;
}

/** The component whose share of the total intensity, laid end to end, covers `level`. */
function componentAt({ baseRates, excitations }: State, level: number): number {
  let left = level;
  for (let i = 0; i < baseRates.length; i++) {
    left -= baseRates[i]!;
    for (const excitation of excitations) left -= excitation[i]!;
    if (left < 0) return i;
  }
  return baseRates.length - 1;
}

function excite({ excitations, jumps }: State, component: number): void {
  excitations.forEach((excitation, k) => {
    const jump = jumps[k]![component]!;
    for (let i = 0; i < excitation.length; i++) excitation[i]! += jump[i]!;
  });
}

function startState(config: HawkesConfig, startNs: Nanoseconds): State {
  const { baseRatesPerSecond: baseRates, kernels } = config;
  return {
    timeNs: startNs,
    baseRates,
    baseTotal: baseRates.reduce((sum, rate) => sum + rate, 0),
    decays: kernels.map(kernel => kernel.decayPerSecond),
    jumps: kernels.map(({ branching, decayPerSecond }) =>
      baseRates.map((_, j) => branching.map(row => row[j]! * decayPerSecond)),
    ),
    // Started at its mean, so that no run begins with a lull.
    excitations: kernels.map(({ branching }) => {
      const rates = stationaryRatesPerSecond(config);
      return branching.map(row => dot(row, rates));
    }),
  };
}

function totalBranching({ baseRatesPerSecond, kernels }: HawkesConfig): number[][] {
  return baseRatesPerSecond.map((_, i) =>
    baseRatesPerSecond.map((_, j) =>
      kernels.reduce((sum, { branching }) => sum + branching[i]![j]!, 0),
    ),
  );
}

function squared(matrix: number[][]): number[][] {
  return matrix.map(row =>
    matrix.map((_, j) => row.reduce((sum, v, k) => sum + v * matrix[k]![j]!, 0)),
  );
}

function dot(row: number[], column: number[]): number {
  return row.reduce((sum, value, i) => sum + value * column[i]!, 0);
}

function checkShape({ baseRatesPerSecond, kernels }: HawkesConfig): void {
  const size = baseRatesPerSecond.length;
  const isRates = (values: number[]) =>
    values.length === size && values.every(value => Number.isFinite(value) && value >= 0);
  const fail = (field: string, remedy: string) => {
    throw new OutriderError('bad-config', `${field} is no ${remedy}`);
  };
  if (!isRates(baseRatesPerSecond) || !baseRatesPerSecond.some(rate => rate > 0)) {
    fail(`baseRatesPerSecond ${baseRatesPerSecond}`, 'list of rates from 0, one of them above 0');
  }
  kernels.forEach(({ branching, decayPerSecond }, k) => {
    if (!(decayPerSecond > 0 && Number.isFinite(decayPerSecond))) {
      fail(`kernels[${k}].decayPerSecond ${decayPerSecond}`, 'number above 0');
    }
    if (branching.length !== size || !branching.every(isRates)) {
      fail(`kernels[${k}].branching`, `${size} x ${size} matrix of numbers from 0`);
    }
  });
}
