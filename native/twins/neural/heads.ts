/** What a position says: the next token, how soon moves come, where the mid is after a while. */
import type { NeuralBuffers } from '../../neural-kernels.ts';
import { exp, ln, nearest, sigmoid } from './arithmetic.ts';
import { linear, type Quantised } from './linear.ts';
import type { Linear } from './weights.ts';

const single = Math.fround;
const ONE = 65_536;
const TOKENS = 64;
const COARSE = 8;
const PER_COARSE = TOKENS / COARSE;
const DURATIONS = 96;
const OUTCOMES = 65;
const HORIZONS = 2 * OUTCOMES;
/** No token is impossible, and sums with noise stay within 32 bits. */
const LOGIT_LEAST = -(2 ** 30);

const y = new Float32Array(256);

/** Writes 64 log-probabilities in Q16 nats: a coarse part, then a fine one within it. */
export function writeLogits(f: Quantised, head: Linear, out: Int32Array): void {
  linear(f, head, y);
  const coarseSum = logSumExp(y.subarray(0, COARSE));
  for (let coarse = 0; coarse < COARSE; coarse++) {
    const first = COARSE + coarse * PER_COARSE;
    const fineSum = logSumExp(y.subarray(first, first + PER_COARSE));
    const ofCoarse = single(y[coarse]! - coarseSum);
    for (let fine = 0; fine < PER_COARSE; fine++) {
      const ofFine = single(y[first + fine]! - fineSum);
      out[coarse * PER_COARSE + fine] = logitQ16(single(ofCoarse + ofFine));
    }
  }
}

/** Which root of a trie a node is: 0, or 1 + its token; undefined where it is none. */
export function rootOf({ parent, token }: NeuralBuffers, node: number): number | undefined {
  if (node === 0) return 0;
  return parent[node] === 0 ? 1 + token[node]! : undefined;
}

/** Writes a root's 96 probabilities in Q16, `[moves 1 .. 32][horizon]`. */
export function writeNotReached(
  f: Quantised,
  duration: Linear,
  { root, out }: { root: number; out: Int32Array },
): void {
  linear(f, duration, y);
  for (let at = 0; at < DURATIONS; at++) {
    out[root * DURATIONS + at] = Math.min(ONE - 1, nearest(single(sigmoid(y[at]!) * ONE)));
  }
}

/** Writes a root's log-probabilities in Q16 nats: 65 outcomes after 1 s, 65 after 10 s. */
export function writeHorizons(
  f: Quantised,
  horizon: Linear,
  { root, out }: { root: number; out: Int32Array },
): void {
  linear(f, horizon, y);
  for (let first = 0; first < HORIZONS; first += OUTCOMES) {
    const sum = logSumExp(y.subarray(first, first + OUTCOMES));
    for (let at = first; at < first + OUTCOMES; at++) {
      out[root * HORIZONS + at] = logitQ16(single(y[at]! - sum));
    }
  }
}

function logitQ16(nats: number): number {
  return Math.max(LOGIT_LEAST, nearest(single(nats * ONE)));
}

function logSumExp(x: Float32Array): number {
  const most = x.reduce((a, b) => Math.max(a, b));
  let sum = 0;
  for (const value of x) sum = single(sum + exp(single(value - most)));
  return single(most + ln(sum));
}
