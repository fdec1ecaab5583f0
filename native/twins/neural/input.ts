/** What a position reads: rows of the tables, and the projection of side inputs. */
import type { Tables } from './weights.ts';

const single = Math.fround;
/** Side inputs are in 1/256. */
const STEP = 1 / 256;

export type Input = { token: number; code: number; nextCode: number };

export type InputReader = {
  /** Positions are read under these side inputs from now on, or under none of them. */
  setSideInputs(values: Int16Array): void;
  write(input: Input, out: Float32Array): void;
};

/** Rows are `width` wide: d of a target, 3 d of a draft. */
export function createInputReader(tables: Tables, width: number): InputReader {
  const side = new Float32Array(width);
  let hasSide = false;
  return {
    setSideInputs(values) {
      hasSide = values.length > 0;
      side.fill(0);
      for (const [j, value] of values.entries()) {
        const x = value * STEP;
        for (let i = 0; i < width; i++) {
          side[i] = side[i]! + single(x * tables.side[j * width + i]!);
        }
      }
    },
    write({ token, code, nextCode }, out) {
      for (let i = 0; i < width; i++) {
        const pair = single(tables.token[token * width + i]! + tables.code[code * width + i]!);
        out[i] = pair + tables.nextCode[nextCode * width + i]!;
        if (hasSide) out[i] = out[i]! + side[i]!;
      }
    },
  };
}
