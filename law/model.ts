/** The model port: what the law asks of a target or a draft, whatever stands behind it. */
import type { Trie } from './trie.ts';

/**
 * A model of the next move. Its rows are 64 log-probabilities in Q16 nats (integers, |x| <= 2^30)
 * in one buffer that stays where it is: kernels bind it once.
 */
export type Model = {
  readonly name: string;
  /** SHA-256 of the weights, hex. */
  readonly hash: string;
  /** Kernel that runs it; belongs to the identity of every forecast. */
  readonly kernel: string;
  /** C: moves of context a forecast needs. */
  readonly contextMoves: number;
  /** w: positions an attention layer reads; w - 1 times layers + 1 <= C. */
  readonly window: number;
  readonly logits: Int32Array;
  /** True where a row, once written, never changes (a table): what follows from it is kept. */
  readonly constantRows: boolean;
  /** Probability in Q16 that `moves` moves take less than 0.1, 1 and 10 seconds. */
  notReachedQ16(code: number, moves: number): readonly [number, number, number];
  openSession(): ModelSession;
};

/** The state of a model over one context; all branches of a speculation share it. */
export type ModelSession = {
  /** Forgets everything and reads C pairs, oldest first. */
  prefill(tokens: Uint8Array, codes: Uint8Array): void;
  /** The market moved: one token more, coded under `code`. */
  append(token: number, code: number): void;
  /** Evaluates nodes `from` to `to - 1` of a trie over the context; `rows[node]` is set to where
   *  the node's row stands in `logits`. */
  pass(trie: Trie, range: { from: number; to: number; rows: Int32Array }): void;
};
