/** Random models by the law's rule (docs/law.md, golden vectors): any shape, from a seed. */
import type {
  GruWeights,
  Linear,
  WindowConfig,
  WindowLayer,
  WindowWeights,
} from './neural-weights.ts';
import { threefry } from './twins/threefry.ts';

const CODES = 64;
const HEAD_ROWS = 72;
const DURATION_ROWS = 96;
const HORIZON_ROWS = 130;

export function randomWindow(seed: number, config: WindowConfig): WindowWeights {
  const { d, heads, window, feedForward } = config;
  const draw = tensors(seed);
  // The order of these calls is the law's order of tensors.
  const tables = draw.tables(d);
  const layers = Array.from({ length: config.layers }, (): WindowLayer => {
    const norm1 = draw.norm(d);
    const qkv = draw.linear(3 * d, d);
    const bias = draw.bias(heads * window);
    const out = draw.linear(d, d);
    const norm2 = draw.norm(d);
    const up = draw.linear(feedForward, d);
    const down = draw.linear(d, feedForward);
    return { norm1, qkv, bias, out, norm2, up, down };
  });
  const norm = draw.norm(d);
  const head = draw.linear(HEAD_ROWS, d);
  const duration = draw.linear(DURATION_ROWS, d);
  const horizon = draw.linear(HORIZON_ROWS, d);
  return { config, ...tables, layers, norm, head, duration, horizon };
}

export function randomGru(seed: number, config: GruWeights['config']): GruWeights {
  const { d } = config;
  const draw = tensors(seed);
  const tables = draw.tables(3 * d);
  const hidden = draw.linear(3 * d, d);
  const head = draw.linear(HEAD_ROWS, d);
  const duration = draw.linear(DURATION_ROWS, d);
  return { config, ...tables, hidden, head, duration };
}

/** Draws tensors one after another, numbered from 0. */
function tensors(seed: number) {
  let tensor = 0;
  const words = (length: number) => {
    const key = Int32Array.of(seed, tensor++);
    const bits = new Int32Array(2);
    return Array.from({ length }, (_, i) => {
      threefry(key, Int32Array.of(i, 0), bits);
      return bits[0]! >>> 0;
    });
  };
  const singles = (length: number, value: (v: number) => number) =>
    Float32Array.from(words(length), word => value((word >>> 16) - 32_768));
  const table = (width: number) => singles(CODES * width, v => v * 2 ** -15);
  return {
    tables: (width: number) => ({
      token: table(width),
      code: table(width),
      nextCode: table(width),
    }),
    norm: (width: number) => singles(width, v => 1 + v * 2 ** -17),
    bias: (length: number) => singles(length, v => v * 2 ** -14),
    linear(rows: number, width: number): Linear {
      const weights = Int8Array.from(words(rows * width), word => ((word >>> 24) % 255) - 127);
      const scales = singles(rows, v => (65_536 + v) * 2 ** -26);
      return { weights, scales };
    },
  };
}
