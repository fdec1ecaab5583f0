/** Log-probabilities to integer probabilities by the law's own exponential (docs/law.md, 5). */
import { lawLn } from '#native';
import { TOKENS } from './tokeniser.ts';

/** What 64 probabilities sum to. */
export const PROBABILITY_ONE = 2 ** 24;

// biome-ignore lint/suspicious/noApproximativeNumericConstant: the law fixes the digits.
const LN2 = 0.6931471805599453;
const NEGLIGIBLE_Q16 = 22 * 65_536;
const COARSE = Float64Array.from({ length: NEGLIGIBLE_Q16 >> 8 }, (_, i) => q26(i / 256));
const FINE = Float64Array.from({ length: 256 }, (_, i) => q26(i / 65_536));

/**
 * Writes 64 integers that sum to 2^24 to `out[outOffset..]` from 64 log-probabilities in Q16 nats.
 * What rounding leaves over goes to the first of the likeliest tokens.
 */
export function probabilitiesQ24(
  logits: Int32Array,
  offset: number,
  { out, outOffset }: { out: Int32Array; outOffset: number },
): void {
  let likeliest = 0;
  for (let v = 1; v < TOKENS; v++) {
    if (logits[offset + v]! > logits[offset + likeliest]!) likeliest = v;
  }
  const top = logits[offset + likeliest]!;
  let total = 0;
  for (let v = 0; v < TOKENS; v++) {
    const below = top - logits[offset + v]!;
    const weight =
      below >= NEGLIGIBLE_Q16
        ? 0
        : Math.floor((COARSE[below >> 8]! * FINE[below & 255]!) / 2 ** 26);
    WEIGHTS[v] = weight;
    total += weight;
  }
  let left = PROBABILITY_ONE;
  for (let v = 0; v < TOKENS; v++) {
    // Integers below 2^53 divide to doubles on the right side of every integer.
    const probability = Math.floor((WEIGHTS[v]! * PROBABILITY_ONE) / total);
    out[outOffset + v] = probability;
    left -= probability;
  }
  out[outOffset + likeliest] = out[outOffset + likeliest]! + left;
}

/** Entropy of such a row, in millionths of the most that 64 tokens allow. */
export function entropyPpm(probabilities: Int32Array, offset: number): number {
  let weighted = 0;
  for (let v = 0; v < TOKENS; v++) {
    const probability = probabilities[offset + v]!;
    if (probability > 0) weighted += probability * -lawLn(probability / PROBABILITY_ONE);
  }
  return Math.floor(((weighted / PROBABILITY_ONE) * 1_000_000) / MOST_NATS);
}

const MOST_NATS = lawLn(TOKENS);
const WEIGHTS = new Float64Array(TOKENS);

/** exp(-x) in Q26 by IEEE +, -, *, / in a fixed order: the same bits in every language. */
function q26(x: number): number {
  const halvings = Math.floor(x / LN2 + 0.5);
  const r = halvings * LN2 - x;
  let sum = 1;
  for (let n = 18; n >= 1; n--) sum = 1 + (r / n) * sum;
  return Math.floor(2 ** 26 * (sum * 2 ** -halvings) + 0.5);
}
