/** The tensors of a neural model: their names, types and shapes follow from its config. */

type SideInputConfig = {
  /** K: side inputs, at most 16; absent where the model takes none. */
  readonly sideInputs?: number | undefined;
};

export type WindowConfig = SideInputConfig & {
  /** Width of a position, at most 1,024; the widths of a head and of the middle are bound alike. */
  readonly d: number;
  readonly layers: number;
  readonly heads: number;
  /** Positions a layer reads: (window - 1) * layers + 1 <= contextMoves. */
  readonly window: number;
  readonly contextMoves: number;
  /** Width of the middle of a layer's second half. */
  readonly feedForward: number;
};

export type GruConfig = SideInputConfig & {
  readonly d: number;
  readonly contextMoves: number;
};

/** `window-int8/1` runs targets, `gru-int8/1` drafts. */
export type NeuralShape =
  | { readonly kind: 'window'; readonly config: WindowConfig }
  | { readonly kind: 'gru'; readonly config: GruConfig };

/** I8 are weights of a linear, |w| <= 127; all others are F32. */
export type TensorShape = {
  readonly name: string;
  readonly type: 'I8' | 'F32';
  /** Row-major, the outermost first. */
  readonly shape: readonly number[];
};

export type Tensor = Float32Array | Int8Array;

export type NeuralWeights<Shape extends NeuralShape = NeuralShape> = Shape & {
  readonly tensors: ReadonlyMap<string, Tensor>;
};

const CODES = 64;
/** Rows of the heads: 8 coarse and 64 fine; 32 moves by 3 horizons; 2 long horizons by 65. */
const HEADS = { head: 72, duration: 96, horizon: 130 } as const;

/**
 * All tensors of a model, in the order in which docs/law.md numbers them; `has` is asked about
 * those that it may have or not.
 */
export function tensorShapes(
  { kind, config }: NeuralShape,
  has: (name: string) => boolean = () => false,
): TensorShape[] {
  const { d } = config;
  const tableWidth = kind === 'window' ? d : 3 * d;
  const tables = ['token', 'code', 'next_code'].map(name => single(name, CODES, tableWidth));
  if (config.sideInputs !== undefined) tables.push(single('side', config.sideInputs, tableWidth));
  switch (kind) {
    case 'window': {
      const layers = Array.from({ length: config.layers }, (_, at) => layerShapes(at, config));
      const heads = (['head', 'duration', 'horizon'] as const).map(name =>
        linear(name, HEADS[name], d),
      );
      return [...tables, ...layers.flat(), single('norm', d), ...heads.flat()];
    }
    case 'gru': {
      const duration = has('duration') ? linear('duration', HEADS.duration, d) : [];
      const step = [...linear('hidden', 3 * d, d), ...linear('head', HEADS.head, d)];
      return [...tables, ...step, ...duration];
    }
  }
}

function layerShapes(at: number, config: WindowConfig): TensorShape[] {
  const { d, heads, window, feedForward } = config;
  const name = (part: string) => `layers.${at}.${part}`;
  return [
    single(name('norm1'), d),
    ...linear(name('qkv'), 3 * d, d),
    single(name('bias'), heads, window),
    ...linear(name('out'), d, d),
    single(name('norm2'), d),
    ...linear(name('up'), feedForward, d),
    ...linear(name('down'), d, feedForward),
  ];
}

function single(name: string, ...shape: number[]): TensorShape {
  return { name, type: 'F32', shape };
}

function linear(name: string, ...[rows, width]: [number, number]): TensorShape[] {
  return [{ name, type: 'I8', shape: [rows, width] }, single(`${name}.scale`, rows)];
}
