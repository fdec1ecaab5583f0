/** The tensors of a model under the names of its parts, as the twins read them. */
import type { ListedTensor } from '../../neural-kernels.ts';
import type { GruConfig, WindowConfig } from '../../neural-weights.ts';

/** Rows of int8 weights `[out][in]` and a scale for each. */
export type Linear = { readonly weights: Int8Array; readonly scales: Float32Array };

/** Tables of a position's input, a row for each token, code or side input. */
export type Tables = Record<'token' | 'code' | 'nextCode' | 'side', Float32Array>;

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
  /** Where its file has one. */
  readonly duration: Linear | undefined;
};

export function windowParts(config: WindowConfig, listed: readonly ListedTensor[]): WindowParts {
  const { single, linear, tables } = reader(listed);
  return {
    config,
    ...tables(),
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

export function gruParts(config: GruConfig, listed: readonly ListedTensor[]): GruParts {
  const { linear, tables, has } = reader(listed);
  const duration = has('duration') ? linear('duration') : undefined;
  return { config, ...tables(), hidden: linear('hidden'), head: linear('head'), duration };
}

/** Copies tensors by name. */
function reader(listed: readonly ListedTensor[]) {
  const values = new Map(listed.map(tensor => [tensor.name, tensor.values]));
  const has = (name: string) => values.has(name);
  const single = (name: string) => Float32Array.from(values.get(name)!);
  const linear = (name: string): Linear => ({
    weights: Int8Array.from(values.get(name)!),
    scales: single(`${name}.scale`),
  });
  const tables = (): Tables => ({
    token: single('token'),
    code: single('code'),
    nextCode: single('next_code'),
    side: has('side') ? single('side') : new Float32Array(0),
  });
  return { single, linear, tables, has };
}
