/** What every implementation of the neural kernels offers: the Rust addon and the twins. */
import type { NeuralWeights } from './neural-weights.ts';

/** What a session reads and writes, in place; outputs overlap nothing. */
export type NeuralBuffers = {
  /** The trie, one entry a node: a parent stands before its children, node 0 is the context. */
  readonly parent: Int32Array;
  readonly token: Uint8Array;
  readonly tokenCode: Uint8Array;
  readonly code: Uint8Array;
  /** Pairs for `prefill`, oldest first: room for C. */
  readonly tokens: Uint8Array;
  readonly codes: Uint8Array;
  /** Written by `pass`: 64 a node, Q16 nats, -2^30 .. 0. */
  readonly logits: Int32Array;
  /** Written by `outlook`: 96 values in Q16, as the rows of `duration`. */
  readonly notReached: Int32Array;
  /** Written by `outlook` of a window kernel: 130 values in Q16 nats, as the rows of `horizon`. */
  readonly horizons: Int32Array;
};

/** One context's state. Arguments are in range and buffers whole: the caller sees to that. */
export type NeuralCalls = {
  /** Forgets everything and reads the first `count` pairs of `tokens` and `codes`. */
  prefill(count: number, nextCode: number): void;
  append(token: number, code: number, nextCode: number): void;
  /** Nodes `from` to `to - 1`, whose parents a pass reached. */
  pass(from: number, to: number): void;
  /** How soon moves come after a node that a pass reached, and where the mid is then. */
  outlook(node: number): void;
};

/** A copy of a model's weights, ready to run. */
export type NeuralModel = { open(buffers: NeuralBuffers): NeuralCalls };

export type NeuralKernels = {
  /** Of weights that were checked. */
  bindNeural(weights: NeuralWeights): NeuralModel;
};
