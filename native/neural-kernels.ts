/** What every implementation of the neural kernels offers: the Rust addon and the twins. */
import type { NeuralShape, Tensor, TensorShape } from './neural-weights.ts';

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
  /** For `setSideInputs`: K of them, in 1/256. */
  readonly sideInputs: Int16Array;
  /** Written by `pass`: 64 a node, Q16 nats, -2^30 .. 0. */
  readonly logits: Int32Array;
  /**
   * Written by `pass`, but for a draft without durations: 96 values a root, Q16,
   * `[moves 1 .. 32][0.1 s, 1 s, 10 s]`.
   */
  readonly notReached: Int32Array;
  /** Written by `pass` of a window kernel: 130 values a root, Q16 nats, `[1 s, 10 s][65]`. */
  readonly horizons: Int32Array;
};

/** Contexts a trie may start from: root 0 is node 0, root 1 + v its child by token v. */
export const ROOTS = 65;

/** One context's state. Arguments are in range and buffers whole: the caller sees to that. */
export type NeuralCalls = {
  /** Forgets everything; reads from now on under the first `count` of `sideInputs`, 0 or K. */
  setSideInputs(count: number): void;
  /** Forgets everything and reads the first `count` pairs of `tokens` and `codes`. */
  prefill(count: number, nextCode: number): void;
  append(token: number, code: number, nextCode: number): void;
  /** Nodes `from` to `to - 1`, which follow those of the last pass; from 0 on, of a new trie. */
  pass(from: number, to: number): void;
};

/** Weights as an implementation takes them: checked, all of them, in the law's order. */
export type ListedWeights = NeuralShape & {
  readonly tensors: readonly ListedTensor[];
  /** Threads of a packed pass, the caller's among them; they change no byte. */
  readonly threads: number;
};

export type ListedTensor = TensorShape & {
  readonly values: Tensor;
  /** The same memory as bytes. */
  readonly bytes: Uint8Array;
};

/** A copy of a model's weights, ready to run. */
export type NeuralModel = { open(buffers: NeuralBuffers): NeuralCalls };

export type NeuralKernels = { bindNeural(weights: ListedWeights): NeuralModel };
