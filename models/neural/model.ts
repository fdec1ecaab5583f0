/** A neural model behind the model port: the canonical kernels over a trie of the law. */
import { hash } from 'node:crypto';
import { type Model, type ModelSession, TOKENS, type Trie } from '#law';
import { type BoundNeural, bindNeural, type NeuralOptions, type NeuralWeights } from '#native';
import { decodeWeights, KERNEL_OF } from './weights-file.ts';

const HORIZONS = 3;

/** The model of a file of weights, on the kernels of the process unless others are given. */
export function neuralModel(name: string, bytes: Uint8Array, options?: NeuralOptions): Model {
  const weights = decodeWeights(bytes, name);
  return modelOf(weights, { name, hash: hash('sha256', bytes) }, options);
}

function modelOf(
  weights: NeuralWeights,
  about: { name: string; hash: string },
  options?: NeuralOptions,
): Model {
  const bound = bindNeural(weights, options);
  const { contextMoves, sideInputs = 0 } = weights.config;
  return {
    ...about,
    kernel: KERNEL_OF[weights.kind],
    contextMoves,
    sideInputs,
    // A recurrent state reaches back as far as the context does.
    window: weights.kind === 'window' ? weights.config.window : contextMoves,
    table: undefined,
    openSession: trie => openSession(bound, weights, trie),
  };
}

function openSession(
  bound: BoundNeural,
  { kind, config }: NeuralWeights,
  trie: Trie,
): ModelSession {
  const session = bound.openSession(trie);
  const { logits, append, pass, notReached, horizons } = session;
  return {
    logits,
    rows: Int32Array.from({ length: trie.nodesMax }, (_, node) => node * TOKENS),
    prefill(tokens, codes, nextCode) {
      // A target may remember more moves than its draft.
      const first = Math.max(0, tokens.length - config.contextMoves);
      session.prefill(tokens.subarray(first), codes.subarray(first), nextCode);
    },
    append,
    pass,
    ...(config.sideInputs === undefined ? {} : { setSideInputs: session.setSideInputs }),
    notReachedQ16(node, moves) {
      const at = (moves - 1) * HORIZONS;
      const chances = notReached(node);
      return [chances[at]!, chances[at + 1]!, chances[at + 2]!];
    },
    ...(kind === 'window' ? { longHorizons: horizons } : {}),
  };
}
