/** The settled forecast after the law: keyed paths of the target, its distributions averaged. */
import type { Context, Pair } from './market-time.ts';
import { expMinusQ26, gumbel, lawLog } from './noise.ts';
import { scaleCode, scaleStep, TOKENS, tokenMove } from './tokens.ts';

/** The target: 64 log-probabilities in Q16 nats after a context, and how soon moves come. */
export type Target = {
  contextMoves: number;
  /** Hash of the weights and name of the kernel: both belong to every identity. */
  modelHash: string;
  kernel: string;
  logits(pairs: readonly Pair[], code: number): ArrayLike<number>;
  /** Probability in Q16 that H moves take less than 0.1, 1 and 10 seconds. */
  notReached(pairs: readonly Pair[], code: number, moves: number): readonly number[];
};

export type Forecast = ReturnType<typeof settledForecast>;

export function settledForecast(
  target: Target,
  context: Context,
  { key, paths, moves }: { key: readonly [number, number]; paths: number; moves: number },
) {
  const steps = Array.from({ length: moves }, emptyStep);
  for (let path = 0; path < paths; path++) {
    let { scale } = context;
    const pairs = [...context.pairs];
    let displacement = 0;
    for (const [at, { weights, means }] of steps.entries()) {
      const code = scaleCode(scale);
      const logits = target.logits(pairs.slice(-target.contextMoves), code);
      const probabilities = probabilitiesQ24(logits);
      let weightedMoves = 0;
      for (let token = 0; token < TOKENS; token++) {
        const move = tokenMove(token, code);
        const reached = displacement + move;
        weights.set(reached, (weights.get(reached) ?? 0) + probabilities[token]!);
        weightedMoves += probabilities[token]! * move;
      }
      means.push(256 * displacement + Math.floor(weightedMoves / 2 ** 16));
      const moveIndex = context.moveIndex + at;
      const token = coupledChoice(logits, t => gumbel(key, { moveIndex, path, token: t }));
      displacement += tokenMove(token, code);
      pairs.push({ token, code });
      scale = scaleStep(scale, token);
    }
  }
  const notReached = target.notReached(context.pairs, scaleCode(context.scale), moves);
  const next = probabilitiesQ24(target.logits(context.pairs, scaleCode(context.scale)));
  return { notReached, horizons: steps.map(summary), entropyPpm: entropyPpm(next) };
}

/** argmax of logit + noise; the lowest index wins a tie. */
export function coupledChoice(logits: ArrayLike<number>, noise: (token: number) => number): number {
  let best = 0;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (let token = 0; token < TOKENS; token++) {
    const score = logits[token]! + noise(token);
    if (score > bestScore) [best, bestScore] = [token, score];
  }
  return best;
}

const EXP_COARSE = Array.from({ length: 5632 }, (_, i) => expMinusQ26(i / 256));
const EXP_FINE = Array.from({ length: 256 }, (_, i) => expMinusQ26(i / 65_536));

/** Integers that sum to 2^24; what rounding leaves over goes to the first of the likeliest. */
export function probabilitiesQ24(logits: ArrayLike<number>): number[] {
  const row = Array.from(logits);
  const highest = Math.max(...row);
  const weights = row.map(logit => {
    const below = highest - logit;
    if (below >= 22 * 65_536) return 0;
    return Math.floor((EXP_COARSE[below >> 8]! * EXP_FINE[below & 255]!) / 2 ** 26);
  });
  const total = sum(weights);
  const probabilities = weights.map(weight => Math.floor((weight * 2 ** 24) / total));
  probabilities[row.indexOf(highest)]! += 2 ** 24 - sum(probabilities);
  return probabilities;
}

/** Of probabilities in Q24, in millionths of the most that 64 tokens allow. */
export const entropyPpm = (probabilities: readonly number[]) =>
  Math.floor(((sum(probabilities.map(surprise)) / 2 ** 24) * 1e6) / lawLog(TOKENS));
const surprise = (p: number) => (p === 0 ? 0 : p * -lawLog(p / 2 ** 24));

/** Of one step: the weight of each displacement in Q24, and the mean of each path in Q8. */
type Step = { weights: Map<number, number>; means: number[] };

const emptyStep = (): Step => ({ weights: new Map(), means: [] });

/** In half increments: mean and Monte Carlo error in Q8, up and down in Q24, quantiles. */
function summary({ weights, means }: Step) {
  const paths = means.length;
  const mean = Math.floor(sum(means) / paths);
  const squares = sum(means.map(m => (m - mean) * (m - mean)));
  const sorted = [...weights].sort(([a], [b]) => a - b);
  const up = sum(sorted.map(([move, weight]) => (move > 0 ? weight : 0)));
  const down = sum(sorted.map(([move, weight]) => (move < 0 ? weight : 0)));
  return {
    mean: cut(mean),
    error: paths === 1 ? 0 : cut(Math.floor(Math.sqrt(squares / (paths * (paths - 1))))),
    up: Math.floor(up / paths),
    down: Math.floor(down / paths),
    quantiles: [5, 25, 50, 75, 95].map(percent => quantile(sorted, percent, paths * 2 ** 24)),
  };
}

/** To 32 bits. */
const cut = (value: number) => Math.max(-(2 ** 31), Math.min(value, 2 ** 31 - 1));

/** The smallest displacement at or below which at least `percent` of the weight lies. */
function quantile(sorted: readonly [number, number][], percent: number, total: number): number {
  let below = 0;
  for (const [move, weight] of sorted) {
    below += weight;
    if (below * 100 >= percent * total) return move;
  }
  throw new Error('Invariant: the weights of a forecast sum to its total');
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
