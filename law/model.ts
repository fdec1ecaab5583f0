/** The model port: what the law asks of a target or a draft, whatever stands behind it. */
import type { TrajectoryRange } from './drafting.ts';
import type { NoiseWindow } from './noise-window.ts';
import type { PathSet } from './paths.ts';
import type { Trie } from './trie.ts';

/** A model of the next move: rows of 64 log-probabilities in Q16 nats, integers, |x| <= 2^30. */
export type Model = {
  readonly name: string;
  /** SHA-256 of the weights, hex. */
  readonly hash: string;
  /** Kernel that runs it; belongs to the identity of every forecast. */
  readonly kernel: string;
  /** C: moves of context a forecast needs. */
  readonly contextMoves: number;
  /** K: side inputs its forecasts depend on; 0 where it takes none. */
  readonly sideInputs: number;
  /** w: positions an attention layer reads; w - 1 times layers + 1 <= C. */
  readonly window: number;
  /**
   * All rows the model has, where they never change (an n-gram): they are the `logits` of every
   * session, and what follows from a row is kept. Undefined where rows are worked out.
   */
  readonly table: Int32Array | undefined;
  /** A session that evaluates the nodes of this trie, whatever is put there. */
  openSession(trie: Trie): ModelSession;
};

/** The state of a model over one context; all branches of a speculation share it. */
export type ModelSession = {
  /** Rows of 64; they stay where they are, so kernels bind them once. */
  readonly logits: Int32Array;
  /** Per trie node that a pass reached: where its row starts in `logits`. */
  readonly rows: Int32Array;
  /**
   * Where the model takes side inputs: forgets everything, and what is read from now on is read
   * under these K values, in 1/256, or under none of them.
   */
  setSideInputs?(values: Int16Array): void;
  /**
   * Forgets everything and reads up to C pairs, oldest first. `nextCode` is the code of the scale
   * state after the last of them: the ladder of the next move.
   */
  prefill(tokens: Uint8Array, codes: Uint8Array, nextCode: number): void;
  /** The market moved: one token more, coded under `code`; `nextCode` as for `prefill`. */
  append(token: number, code: number, nextCode: number): void;
  /** Evaluates nodes `from` to `to - 1` of the trie, in one packed pass where the model can. */
  pass(from: number, to: number): void;
  /**
   * Where the model drafts whole paths in one run: fills every unsettled move of the range with its
   * own token, adds the nodes they are chosen at, and works out the rows of these.
   */
  draft?(set: PathSet, range: TrajectoryRange, noise: NoiseWindow): void;
  /**
   * Probability in Q16 that `moves` moves from here take less than 0.1, 1 and 10 seconds; the node
   * is the root or a child of it, and a pass reached it. Zeros where the model foresees none.
   */
  notReachedQ16(node: number, moves: number): readonly [number, number, number];
  /**
   * Where the model has them: log-probabilities in Q16 nats of where the mid is after 1 s (65) and
   * after 10 s (65): moved by what token v means here, or, the 65th, not at all. Nodes as above.
   */
  longHorizons?(node: number): Int32Array;
};
