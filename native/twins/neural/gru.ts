/** The twin of `gru-int8/1`: a gated recurrent unit, one hidden state a trie node. */
import type { NeuralBuffers, NeuralCalls } from '../../neural-kernels.ts';
import { sigmoid, tanh } from './arithmetic.ts';
import { rootOf, writeLogits, writeNotReached } from './heads.ts';
import { createInputReader, type Input, type InputReader } from './input.ts';
import { linear, quantise, quantisedRow } from './linear.ts';
import type { GruParts } from './weights.ts';

const single = Math.fround;
const TOKENS = 64;

/** See `NeuralCalls`; node 0 holds the state after the context's last pair. */
export function openGru(weights: GruParts, buffers: NeuralBuffers): NeuralCalls {
  const { d } = weights.config;
  const { parent, token, tokenCode, code, logits, notReached } = buffers;
  const hidden = new Float32Array(parent.length * d);
  const stateOf = (node: number) => hidden.subarray(node * d, (node + 1) * d);
  const inputs = createInputReader(weights, 3 * d);
  const step = stepper(weights, inputs);
  const final = quantisedRow(d);
  const append = (...[next, codedUnder, nextCode]: [number, number, number]) =>
    step({ token: next, code: codedUnder, nextCode }, stateOf(0), stateOf(0));

  return {
    setSideInputs(count) {
      inputs.setSideInputs(buffers.sideInputs.subarray(0, count));
      stateOf(0).fill(0);
    },
    prefill(count, nextCode) {
      const { tokens, codes } = buffers;
      stateOf(0).fill(0);
      for (let at = 0; at < count; at++) {
        append(tokens[at]!, codes[at]!, at + 1 < count ? codes[at + 1]! : nextCode);
      }
    },
    append,
    pass(from, to) {
      for (let node = from; node < to; node++) {
        if (node > 0) {
          const pair = { token: token[node]!, code: tokenCode[node]!, nextCode: code[node]! };
          step(pair, stateOf(parent[node]!), stateOf(node));
        }
        quantise(stateOf(node), final);
        writeLogits(final, weights.head, logits.subarray(node * TOKENS, (node + 1) * TOKENS));
        const root = rootOf(buffers, node);
        if (root === undefined || weights.duration === undefined) continue;
        writeNotReached(final, weights.duration, { root, out: notReached });
      }
    },
  };
}

/** Returns the step from one hidden state to the next, which may be written over it. */
function stepper(weights: GruParts, inputs: InputReader) {
  const { d } = weights.config;
  const input = new Float32Array(3 * d);
  const update = new Float32Array(3 * d);
  const row = quantisedRow(d);

  return (pair: Input, from: Float32Array, to: Float32Array) => {
    inputs.write(pair, input);
    quantise(from, row);
    linear(row, weights.hidden, update);
    for (let i = 0; i < d; i++) {
      const [inZ, inN] = [d + i, 2 * d + i];
      const r = sigmoid(single(input[i]! + update[i]!));
      const z = sigmoid(single(input[inZ]! + update[inZ]!));
      const n = tanh(single(input[inN]! + single(r * update[inN]!)));
      to[i] = n + single(z * single(from[i]! - n));
    }
  };
}
