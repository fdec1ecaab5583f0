/** Single precision in a fixed order: the same bits in every language (docs/law.md, 11). */

const single = Math.fround;

/** Adding and taking away 1.5 * 2^52 leaves a double no room for a fraction. */
const NO_FRACTION = 1.5 * 2 ** 52;

/** The nearest integer, ties to even. */
export function nearest(x: number): number {
  return x + NO_FRACTION - NO_FRACTION;
}

const LANES = 16;
const lanes = new Float32Array(LANES);

/**
 * The sum of `x[0..n-1]`: by 16 lanes, then the upper half of them onto the lower.
 *
 *     lane j = x[j] + x[j + 16] + x[j + 32] + ...      lane j += lane j + 8, + 4, + 2, + 1
 */
export function sumOf(x: Float32Array, n: number): number {
  lanes.fill(0);
  for (let i = 0; i < n; i++) lanes[i % LANES] = lanes[i % LANES]! + x[i]!;
  for (let m = LANES / 2; m >= 1; m /= 2) {
    for (let j = 0; j < m; j++) lanes[j] = lanes[j]! + lanes[j + m]!;
  }
  return lanes[0]!;
}

// biome-ignore lint/suspicious/noApproximativeNumericConstant: the law fixes the digits.
const LOG2_E = single(1.44269504);
const LN2_HIGH = single(0.693359375);
const LN2_LOW = single(-2.1219444e-4);
const EXP = Float32Array.of(
  ...[1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3],
  ...[4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1],
);

export function exp(x: number): number {
  const cut = Math.min(Math.max(x, -87), 87);
  const n = nearest(single(cut * LOG2_E));
  const r = single(single(cut - single(n * LN2_HIGH)) - single(n * LN2_LOW));
  const p = horner(EXP, r);
  const fraction = single(single(single(p * single(r * r)) + r) + 1);
  return single(fraction * 2 ** n);
}

// biome-ignore lint/suspicious/noApproximativeNumericConstant: the law fixes the digits.
const SQRT2 = single(1.41421356);
const LN = Float32Array.of(
  ...[7.0376836292e-2, -1.151461031e-1, 1.167699874e-1],
  ...[-1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1],
  ...[2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1],
);
const FLOAT = new Float32Array(1);
const BITS = new Int32Array(FLOAT.buffer);

/** Of a positive normal number. */
export function ln(x: number): number {
  FLOAT[0] = x;
  let e = (BITS[0]! >> 23) - 127;
  BITS[0] = (BITS[0]! & 0x7f_ffff) | (127 << 23);
  let m = FLOAT[0]!;
  if (m > SQRT2) {
    m /= 2;
    e++;
  }
  const z = single(m - 1);
  const square = single(z * z);
  let y = single(single(horner(LN, z) * z) * square);
  y = single(y + single(e * LN2_LOW));
  y = single(y - single(0.5 * square));
  return single(single(z + y) + single(e * LN2_HIGH));
}

export function sigmoid(x: number): number {
  return single(1 / single(1 + exp(-x)));
}

export function tanh(x: number): number {
  return single(single(2 / single(1 + exp(single(-2 * x)))) - 1);
}

function horner(coefficients: Float32Array, x: number): number {
  let p = coefficients[0]!;
  for (let i = 1; i < coefficients.length; i++) p = single(single(p * x) + coefficients[i]!);
  return p;
}
