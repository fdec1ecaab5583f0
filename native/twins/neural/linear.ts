/** Quantised rows, int8 products and norms: what the layers of both kernels are made of. */
import { nearest, sumOf } from './arithmetic.ts';
import type { Linear } from './weights.ts';

const single = Math.fround;

/** A row as int8 and one scale: x[i] is about q[i] * scale. */
export type Quantised = { readonly q: Int8Array; scale: number };

export function quantisedRow(length: number): Quantised {
  return { q: new Int8Array(length), scale: 0 };
}

/** Below it 127 over the largest would be infinite. */
const NEGLIGIBLE = 2 ** -100;

export function quantise(x: Float32Array, out: Quantised): void {
  let largest = 0;
  for (let i = 0; i < out.q.length; i++) largest = Math.max(largest, Math.abs(x[i]!));
  out.q.fill(0);
  out.scale = 0;
  if (largest < NEGLIGIBLE) return;
  out.scale = single(largest / 127);
  const inverse = single(127 / largest);
  for (let i = 0; i < out.q.length; i++) out.q[i] = nearest(single(x[i]! * inverse));
}

/** y[o] for each row of weights; the sum of products is exact. */
export function linear({ q, scale }: Quantised, by: Linear, y: Float32Array): void {
  const { weights, scales } = by;
  const width = q.length;
  for (let o = 0; o < scales.length; o++) {
    const row = o * width;
    let sum = 0;
    for (let i = 0; i < width; i++) sum += q[i]! * weights[row + i]!;
    y[o] = single(sum * scale) * scales[o]!;
  }
}

const EPSILON = single(1e-5);

/** A row brought to a mean square of 1, times a gain. */
export function norm(x: Float32Array, gain: Float32Array, y: Float32Array): void {
  const n = gain.length;
  for (let i = 0; i < n; i++) y[i] = x[i]! * x[i]!;
  const meanSquare = single(sumOf(y, n) / n);
  const r = single(1 / single(Math.sqrt(single(meanSquare + EPSILON))));
  for (let i = 0; i < n; i++) y[i] = single(x[i]! * r) * gain[i]!;
}
