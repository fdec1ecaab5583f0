/** The tensors of a model under the names of its parts, as the twins read them. */
import type { GruConfig, NeuralWeights, Tensor, WindowConfig } from '../../neural-weights.ts';

/** Rows of int8 weights `[out][in]` and a scale for each. */
export type Linear = { readonly weights: Int8Array; readonly scales: Float32Array };

/** Tables of a position's input, a row for each token or code. */
export type Tables = Record<'token' | 'code' | 'nextCode', Float32Array>;

export type WindowLayer = {
  readonly norm1: Float32Array;
  /** q, k, v, each head after head. */
  readonly qkv: Linear;
  /** `[head][distance 0 .. window - 1]`. */
  readonly bias: Float32Array;
  readonly out: Linear;
  readonly norm2: Float32Array;
  readonly up: Linear;
  readonly down: Linear;
};

export type WindowParts = Tables & {
  readonly config: WindowConfig;
  readonly layers: readonly WindowLayer[];
  readonly norm: Float32Array;
  readonly head: Linear;
  readonly duration: Linear;
  readonly horizon: Linear;
};

export type GruParts = Tables & {
  readonly config: GruConfig;
  readonly hidden: Linear;
  readonly head: Linear;
  readonly duration: Linear;
};

export function windowParts({ config, tensors }: NeuralWeights & { kind: 'window' }): WindowParts {
  const { single, linear } = reader(tensors);
  return {
    config,
    ...tables(tensors),
    layers: Array.from({ length: config.layers }, (_, at) => ({
      norm1: single(`layers.${at}.norm1`),
      qkv: linear(`layers.${at}.qkv`),
      bias: single(`layers.${at}.bias`),
      out: linear(`layers.${at}.out`),
      norm2: single(`layers.${at}.norm2`),
      up: linear(`layers.${at}.up`),
      down: linear(`layers.${at}.down`),
    })),
    norm: single('norm'),
    head: linear('head'),
    duration: linear('duration'),
    horizon: linear('horizon'),
  };
}

export function gruParts({ config, tensors }: NeuralWeights & { kind: 'gru' }): GruParts {
  const { linear } = reader(tensors);
  const [hidden, head, duration] = [linear('hidden'), linear('head'), linear('duration')];
  return { config, ...tables(tensors), hidden, head, duration };
}

function tables(tensors: NeuralWeights['tensors']): Tables {
  const { single } = reader(tensors);
  return { token: single('token'), code: single('code'), nextCode: single('next_code') };
}

/** Copies tensors that were checked before. */
function reader(tensors: ReadonlyMap<string, Tensor>) {
  const single = (name: string) => Float32Array.from(tensors.get(name)!);
  const linear = (name: string): Linear => ({
    weights: Int8Array.from(tensors.get(name)!),
    scales: single(`${name}.scale`),
  });
  return { single, linear };
}
