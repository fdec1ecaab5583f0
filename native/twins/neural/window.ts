/**
 * The twin of `window-int8/1`: a decoder in which a layer reads the last w positions and no other.
 *
 *   a layer's cache:  [ ring of the context's last w positions | the trie's nodes ]
 *                       slot = position mod w                    slot = w + node
 *
 * Each slot holds a position's k and v. A node's position is the context's last plus its depth; it
 * reads its ancestors' slots and, beyond them, the ring.
 */
import type { NeuralBuffers, NeuralCalls } from '../../neural-kernels.ts';
import { exp, sumOf } from './arithmetic.ts';
import { rootOf, writeHorizons, writeLogits, writeNotReached } from './heads.ts';
import { createInputReader, type Input, type InputReader } from './input.ts';
import { linear, norm, type Quantised, quantise, quantisedRow } from './linear.ts';
import type { WindowLayer, WindowParts } from './weights.ts';

const single = Math.fround;
const TOKENS = 64;

/** A position to evaluate: its slot, and the slots it reads, the oldest first, its own the last. */
type Place = { slot: number; reads: readonly number[] };

/** See `NeuralCalls`. */
export function openWindow(weights: WindowParts, buffers: NeuralBuffers): NeuralCalls {
  const { window, d, layers } = weights.config;
  const { parent, logits, notReached, horizons } = buffers;
  const slots = window + parent.length;
  const caches = Array.from({ length: layers }, () => new Float32Array(slots * 2 * d));
  const inputs = createInputReader(weights, d);
  const evaluate = evaluator(weights, { caches, inputs });
  /** What the heads read: of node 0, which is the context's last position, and of another. */
  const present = quantisedRow(d);
  const future = quantisedRow(d);
  let positions = 0;

  /** The context's slots from `window - 1 - depth` positions back to the last one. */
  const contextSlots = (depth: number) => {
    const count = Math.max(0, Math.min(positions, window - depth));
    return Array.from({ length: count }, (_, at) => (positions - count + at) % window);
  };
  const append = (token: number, code: number, nextCode: number) => {
    positions++;
    const slot = (positions - 1) % window;
    evaluate({ token, code, nextCode }, { slot, reads: contextSlots(0) }, present);
  };
  const placeOf = (node: number): Place => {
    const ancestors: number[] = [];
    for (let at = node; at > 0 && ancestors.length < window; at = parent[at]!) {
      ancestors.unshift(window + at);
    }
    return { slot: window + node, reads: [...contextSlots(ancestors.length), ...ancestors] };
  };

  return {
    setSideInputs(count) {
      inputs.setSideInputs(buffers.sideInputs.subarray(0, count));
      positions = 0;
    },
    prefill(count, nextCode) {
      positions = 0;
      const { tokens, codes } = buffers;
      for (let at = 0; at < count; at++) {
        append(tokens[at]!, codes[at]!, at + 1 < count ? codes[at + 1]! : nextCode);
      }
    },
    append,
    pass(from, to) {
      const { token, tokenCode, code } = buffers;
      for (let node = from; node < to; node++) {
        const final = node === 0 ? present : future;
        if (node > 0) {
          const pair = { token: token[node]!, code: tokenCode[node]!, nextCode: code[node]! };
          evaluate(pair, placeOf(node), final);
        }
        writeLogits(final, weights.head, logits.subarray(node * TOKENS, (node + 1) * TOKENS));
        const root = rootOf(buffers, node);
        if (root === undefined) continue;
        writeNotReached(final, weights.duration, { root, out: notReached });
        writeHorizons(final, weights.horizon, { root, out: horizons });
      }
    },
  };
}

/** Returns what runs one position through all layers, up to what the heads read. */
function evaluator(
  weights: WindowParts,
  { caches, inputs }: { caches: readonly Float32Array[]; inputs: InputReader },
) {
  const { d, feedForward } = weights.config;
  const x = new Float32Array(d);
  const normed = new Float32Array(d);
  const qkv = new Float32Array(3 * d);
  const attended = new Float32Array(d);
  const middle = new Float32Array(feedForward);
  const added = new Float32Array(d);
  const row = quantisedRow(d);
  const middleRow = quantisedRow(feedForward);
  const attend = attention(weights);

  const half1 = (layer: WindowLayer, cache: Float32Array, { slot, reads }: Place) => {
    norm(x, layer.norm1, normed);
    quantise(normed, row);
    linear(row, layer.qkv, qkv);
    cache.set(qkv.subarray(d), slot * 2 * d);
    attend(layer.bias, { qkv, cache, reads }, attended);
    quantise(attended, row);
    linear(row, layer.out, added);
    for (let i = 0; i < d; i++) x[i] = x[i]! + added[i]!;
  };
  const half2 = (layer: WindowLayer) => {
    norm(x, layer.norm2, normed);
    quantise(normed, row);
    linear(row, layer.up, middle);
    for (let i = 0; i < feedForward; i++) middle[i] = Math.max(0, middle[i]!);
    quantise(middle, middleRow);
    linear(middleRow, layer.down, added);
    for (let i = 0; i < d; i++) x[i] = x[i]! + added[i]!;
  };

  return (pair: Input, place: Place, final: Quantised) => {
    inputs.write(pair, x);
    for (const [at, layer] of weights.layers.entries()) {
      half1(layer, caches[at]!, place);
      half2(layer);
    }
    norm(x, weights.norm, normed);
    quantise(normed, final);
  };
}

type Attended = { qkv: Float32Array; cache: Float32Array; reads: readonly number[] };

/** Returns what weighs the values of the positions read, head by head. */
function attention({ config: { d, heads, window } }: WindowParts) {
  const width = d / heads;
  const root = single(1 / Math.sqrt(width));
  const products = new Float32Array(width);
  const scores = new Float32Array(window);

  return (bias: Float32Array, { qkv, cache, reads }: Attended, out: Float32Array) => {
    out.fill(0);
    for (let head = 0; head < heads; head++) {
      const first = head * width;
      let most = Number.NEGATIVE_INFINITY;
      for (const [j, slot] of reads.entries()) {
        const key = slot * 2 * d + first;
        for (let i = 0; i < width; i++) products[i] = qkv[first + i]! * cache[key + i]!;
        const distance = reads.length - 1 - j;
        scores[j] = single(sumOf(products, width) * root) + bias[head * window + distance]!;
        most = Math.max(most, scores[j]!);
      }
      let total = 0;
      for (let j = 0; j < reads.length; j++) {
        scores[j] = exp(single(scores[j]! - most));
        total = single(total + scores[j]!);
      }
      for (const [j, slot] of reads.entries()) {
        const share = single(scores[j]! / total);
        const value = slot * 2 * d + d + first;
        for (let i = 0; i < width; i++) {
          out[first + i] = out[first + i]! + single(share * cache[value + i]!);
        }
      }
    }
  };
}
