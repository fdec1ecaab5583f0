/** The weights of the neural kernels as they lie in memory, row after row (docs/law.md, 11). */

/** Rows of int8 weights `[out][in]`, |w| <= 127, and a scale for each row. */
export type Linear = { readonly weights: Int8Array; readonly scales: Float32Array };

export type WindowConfig = {
  /** Width of a position, a multiple of `heads`, at most 1,024. */
  readonly d: number;
  readonly layers: number;
  readonly heads: number;
  /** Positions a layer reads: (window - 1) * layers + 1 <= contextMoves. */
  readonly window: number;
  readonly contextMoves: number;
  /** Width of the middle of the second half of a layer, at most 1,024. */
  readonly feedForward: number;
};

export type WindowLayer = {
  readonly norm1: Float32Array;
  /** 3 d rows: q, k, v, each head after head. */
  readonly qkv: Linear;
  /** `[head][distance 0 .. window - 1]`. */
  readonly bias: Float32Array;
  readonly out: Linear;
  readonly norm2: Float32Array;
  readonly up: Linear;
  readonly down: Linear;
};

/** Of `window-int8/1`, the target's kernel. Tables are `[64][d]`. */
export type WindowWeights = {
  readonly config: WindowConfig;
  readonly token: Float32Array;
  readonly code: Float32Array;
  readonly nextCode: Float32Array;
  readonly layers: readonly WindowLayer[];
  readonly norm: Float32Array;
  /** 8 coarse and 64 fine rows. */
  readonly head: Linear;
  /** 96 rows: `[moves 1 .. 32][0.1 s, 1 s, 10 s]`. */
  readonly duration: Linear;
  /** 130 rows: `[1 s, 10 s][65]`. */
  readonly horizon: Linear;
};

/** Of `gru-int8/1`, the draft's kernel. Tables are `[64][3 d]`, gates r, z, n. */
export type GruWeights = {
  readonly config: { readonly d: number; readonly contextMoves: number };
  readonly token: Float32Array;
  readonly code: Float32Array;
  readonly nextCode: Float32Array;
  readonly hidden: Linear;
  readonly head: Linear;
  readonly duration: Linear;
};

export type NeuralWeights =
  | ({ readonly kind: 'window' } & WindowWeights)
  | ({ readonly kind: 'gru' } & GruWeights);
