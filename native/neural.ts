/** The canonical kernels of neural models: weights bound once, a session for each context. */

import { checkWeights } from './check-weights.ts';
import type { NeuralBuffers, NeuralCalls, NeuralKernels } from './neural-kernels.ts';
import type { NeuralWeights } from './neural-weights.ts';

/** The trie a session evaluates, one entry a node; a parent stands before its children. */
export type NeuralTrie = Pick<NeuralBuffers, 'parent' | 'token' | 'tokenCode' | 'code'>;

/** One context's state, over one trie. */
export type NeuralSession = {
  /** 64 log-probabilities a node, Q16 nats; the uniform ones at node 0 before any pair. */
  readonly logits: Int32Array;
  /** Forgets everything and reads up to C pairs, oldest first. */
  prefill(tokens: Uint8Array, codes: Uint8Array, nextCode: number): void;
  append(token: number, code: number, nextCode: number): void;
  /** Nodes `from` to `to - 1` in one packed pass; earlier passes reached their parents. */
  pass(from: number, to: number): void;
  /** Probabilities in Q16, `[moves 1 .. 32][0.1 s, 1 s, 10 s]`; valid until the next call. */
  notReached(node: number): Int32Array;
  /** `[1 s, 10 s][65]` in Q16 nats, all zero for a draft; valid until the next call. */
  horizons(node: number): Int32Array;
};

export type BoundNeural = { openSession(trie: NeuralTrie): NeuralSession };

const TOKENS = 64;
const DURATIONS = 96;
const HORIZONS = 130;
const NODES_MAX = 2 ** 21;

/** Copies the weights. Throws RangeError naming a tensor or field that is not as its law asks. */
export function bindNeural(weights: NeuralWeights, kernels: NeuralKernels): BoundNeural {
  checkWeights(weights);
  const model = kernels.bindNeural(weights);
  const { contextMoves } = weights.config;
  return {
    openSession(trie) {
      const nodes = checkTrie(trie);
      const { parent, token, tokenCode, code } = trie;
      const buffers: NeuralBuffers = {
        ...{ parent, token, tokenCode, code },
        tokens: new Uint8Array(contextMoves),
        codes: new Uint8Array(contextMoves),
        logits: new Int32Array(nodes * TOKENS),
        notReached: new Int32Array(DURATIONS),
        horizons: new Int32Array(HORIZONS),
      };
      return session(buffers, model.open(buffers));
    },
  };
}

function session(buffers: NeuralBuffers, calls: NeuralCalls): NeuralSession {
  const { parent, logits, notReached, horizons } = buffers;
  const nodes = parent.length;
  const arrays = Object.entries(buffers).map(([name, array]) => ({
    name,
    array,
    was: array.length,
  }));
  const checkWhole = () => {
    for (const { name, array, was } of arrays) {
      // A transferred array has length 0, and its memory is no longer ours to touch.
      if (array.length !== was) throw new RangeError(`${name} was transferred: open a new session`);
    }
  };
  const outlook = (node: number) => {
    checkWhole();
    checkInteger('node', node, nodes - 1);
    calls.outlook(node);
  };
  return {
    logits,
    prefill(tokens, codes, nextCode) {
      checkWhole();
      checkInteger('tokens.length', tokens.length, buffers.tokens.length);
      if (codes.length !== tokens.length) {
        throw new RangeError(`codes has ${codes.length} values: pass ${tokens.length}, as tokens`);
      }
      for (const token of tokens) checkInteger('a token', token, TOKENS - 1);
      for (const code of codes) checkInteger('a code', code, TOKENS - 1);
      checkInteger('nextCode', nextCode, TOKENS - 1);
      buffers.tokens.set(tokens);
      buffers.codes.set(codes);
      calls.prefill(tokens.length, nextCode);
    },
    append(token, code, nextCode) {
      checkWhole();
      checkInteger('token', token, TOKENS - 1);
      checkInteger('code', code, TOKENS - 1);
      checkInteger('nextCode', nextCode, TOKENS - 1);
      calls.append(token, code, nextCode);
    },
    pass(from, to) {
      checkWhole();
      checkInteger('to', to, nodes);
      checkInteger('from', from, to);
      for (let node = Math.max(1, from); node < to; node++) checkNode(buffers, node);
      calls.pass(from, to);
    },
    notReached(node) {
      outlook(node);
      return notReached;
    },
    horizons(node) {
      outlook(node);
      return horizons;
    },
  };
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
