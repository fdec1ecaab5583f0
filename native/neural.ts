/** The canonical kernels of neural models: weights bound once, a session for each context. */

import { checkWeights } from './check-weights.ts';
import { loadedKernels } from './load.ts';
import {
  type ListedTensor,
  type ListedWeights,
  type NeuralBuffers,
  type NeuralCalls,
  type NeuralKernels,
  ROOTS,
} from './neural-kernels.ts';
import { type NeuralWeights, tensorShapes } from './neural-weights.ts';

/** The trie a session evaluates, one entry a node; a parent stands before its children. */
export type NeuralTrie = Pick<NeuralBuffers, 'parent' | 'token' | 'tokenCode' | 'code'>;

/** One context's state, over one trie. */
export type NeuralSession = {
  /** 64 log-probabilities a node, Q16 nats. */
  readonly logits: Int32Array;
  /**
   * Forgets everything; what is read from now on is read under these K side inputs, in 1/256, or
   * under none of them.
   */
  setSideInputs(values: Int16Array): void;
  /** Forgets everything and reads up to C pairs, oldest first. */
  prefill(tokens: Uint8Array, codes: Uint8Array, nextCode: number): void;
  append(token: number, code: number, nextCode: number): void;
  /** Nodes `from` to `to - 1` in one packed pass; `from` is 0 or where the last pass ended. */
  pass(from: number, to: number): void;
  /**
   * Of the root or a child of it that a pass reached: probabilities in Q16,
   * `[moves 1 .. 32][0.1 s, 1 s, 10 s]`, zeros where a draft foresees none; a view.
   */
  notReached(node: number): Int32Array;
  /** Nodes as above: `[1 s, 10 s][65]` in Q16 nats, all zero for a draft; a view. */
  horizons(node: number): Int32Array;
};

export type BoundNeural = { openSession(trie: NeuralTrie): NeuralSession };

const TOKENS = 64;
const DURATIONS = 96;
const HORIZONS = 130;
const NODES_MAX = 2 ** 21;
const THREADS_MAX = 64;

export type NeuralOptions = {
  /** Threads of a packed pass, the caller's among them; they change no byte. */
  readonly threads?: number;
  readonly kernels?: NeuralKernels;
};

/** Copies the weights. Throws RangeError naming a tensor or field that is not as the law asks. */
export function bindNeural(
  weights: NeuralWeights,
  { threads = 1, kernels = loadedKernels.kernels }: NeuralOptions = {},
): BoundNeural {
  checkWeights(weights);
  checkInteger('threads', threads, THREADS_MAX, 1);
  const model = kernels.bindNeural(listed(weights, threads));
  const { contextMoves, sideInputs = 0 } = weights.config;
  return {
    openSession(trie) {
      const nodes = checkTrie(trie);
      const { parent, token, tokenCode, code } = trie;
      const buffers: NeuralBuffers = {
        ...{ parent, token, tokenCode, code },
        tokens: new Uint8Array(contextMoves),
        codes: new Uint8Array(contextMoves),
        sideInputs: new Int16Array(sideInputs),
        logits: new Int32Array(nodes * TOKENS),
        notReached: new Int32Array(ROOTS * DURATIONS),
        horizons: new Int32Array(ROOTS * HORIZONS),
      };
      return session(buffers, model.open(buffers));
    },
  };
}

function listed(weights: NeuralWeights, threads: number): ListedWeights {
  const shapes = tensorShapes(weights, name => weights.tensors.has(name));
  const tensors = shapes.map((tensor): ListedTensor => {
    const values = weights.tensors.get(tensor.name)!;
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return { ...tensor, values, bytes };
  });
  return { ...weights, tensors, threads };
}

function session(buffers: NeuralBuffers, calls: NeuralCalls): NeuralSession {
  const { logits, notReached, horizons } = buffers;
  const checkWhole = wholeness(buffers);
  const nodes = buffers.parent.length;
  let isEmpty = true;
  let reached = 0;
  const rootOf = (node: number) => {
    checkInteger('node', node, reached - 1);
    return rootIn(buffers, node);
  };
  return {
    logits,
    setSideInputs(values) {
      checkWhole();
      checkSideInputs(values, buffers.sideInputs.length);
      buffers.sideInputs.set(values);
      isEmpty = true;
      reached = 0;
      calls.setSideInputs(values.length);
    },
    prefill(tokens, codes, nextCode) {
      checkWhole();
      checkPairs(tokens, codes, buffers.tokens.length);
      checkInteger('nextCode', nextCode, TOKENS - 1);
      buffers.tokens.set(tokens);
      buffers.codes.set(codes);
      isEmpty = tokens.length === 0;
      reached = 0;
      calls.prefill(tokens.length, nextCode);
    },
    append(...[next, code, nextCode]) {
      checkWhole();
      checkInteger('token', next, TOKENS - 1);
      checkInteger('code', code, TOKENS - 1);
      checkInteger('nextCode', nextCode, TOKENS - 1);
      isEmpty = false;
      reached = 0;
      calls.append(next, code, nextCode);
    },
    pass(from, to) {
      checkWhole();
      if (isEmpty) throw new RangeError('the context is empty: prefill or append a pair first');
      checkInteger('to', to, nodes);
      if (from !== 0 && from !== reached) {
        throw new RangeError(`from is ${from}: pass 0 or ${reached}, where the last pass ended`);
      }
      for (let node = Math.max(1, from); node < to; node++) checkNode(buffers, node);
      calls.pass(from, to);
      reached = to;
    },
    notReached(node) {
      const at = rootOf(node) * DURATIONS;
      return notReached.subarray(at, at + DURATIONS);
    },
    horizons(node) {
      const at = rootOf(node) * HORIZONS;
      return horizons.subarray(at, at + HORIZONS);
    },
  };
}

function rootIn({ parent, token }: NeuralBuffers, node: number): number {
  if (node === 0) return 0;
  if (parent[node] === 0) return 1 + token[node]!;
  throw new RangeError(`node is ${node}, a child of ${parent[node]}: pass 0 or a child of 0`);
}

function checkSideInputs({ length }: Int16Array, taken: number): void {
  if (length === 0 || length === taken) return;
  throw new RangeError(`${length} side inputs: pass none or ${taken}`);
}

/** A transferred array has length 0, and its memory is no longer ours to touch. */
function wholeness(buffers: NeuralBuffers): () => void {
  const lengths = Object.entries(buffers).map(([name, array]) => {
    return { name, array, length: array.length };
  });
  return () => {
    for (const { name, array, length } of lengths) {
      if (array.length !== length) {
        throw new RangeError(`${name} was transferred: open a new session`);
      }
    }
  };
}

function checkPairs(tokens: Uint8Array, codes: Uint8Array, most: number): void {
  checkInteger('tokens.length', tokens.length, most);
  if (codes.length !== tokens.length) {
    throw new RangeError(`codes has ${codes.length} values: pass ${tokens.length}, as tokens`);
  }
  for (const token of tokens) checkInteger('a token', token, TOKENS - 1);
  for (const code of codes) checkInteger('a code', code, TOKENS - 1);
}

function checkTrie({ parent, token, tokenCode, code }: NeuralTrie): number {
  checkInteger('parent.length', parent.length, NODES_MAX, 1);
  for (const [name, array] of Object.entries({ token, tokenCode, code })) {
    if (array.length !== parent.length) {
      throw new RangeError(`${name} has ${array.length} values: pass ${parent.length}, as parent`);
    }
  }
  return parent.length;
}

function checkNode({ parent, token, tokenCode, code }: NeuralBuffers, node: number): void {
  const isSound =
    parent[node]! >= 0 &&
    parent[node]! < node &&
    token[node]! < TOKENS &&
    tokenCode[node]! < TOKENS &&
    code[node]! < TOKENS;
  if (!isSound) {
    throw new RangeError(
      `node ${node} has parent ${parent[node]}, token ${token[node]}, codes ${tokenCode[node]} ` +
        `and ${code[node]}: pass a parent before it, a token and codes below ${TOKENS}`,
    );
  }
}

function checkInteger(name: string, ...[value, most, least = 0]: [number, number, number?]): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`${name} is ${value}: pass an integer from ${least} to ${most}`);
}
