/** Coupled choice over bound buffers: a batch of rows for one call and no allocation. */

import { type ChooserBuffers, type Kernels, TOKENS } from './kernels.ts';
import { loadedKernels } from './load.ts';
import type { Noise } from './noise.ts';

export type ChooserOptions = {
  /** Rows of 64 logits in Q16 nats, each within 2^30 of zero; read in place, never copied. */
  readonly logits: Int32Array;
  readonly noise: Noise;
  /** Rows of a batch, at most 2^24. */
  readonly rowsMax: number;
};

/** The caller writes the offsets of a batch, calls `choose` and reads the choices. */
export type Chooser = {
  /** Where in `logits` the row of each choice starts. */
  readonly rowOffsets: Int32Array;
  /** Where in `noise.values` the row of each choice starts. */
  readonly noiseOffsets: Int32Array;
  /** The token of each row that maximises logit + noise, the lowest at a tie. */
  readonly choices: Int32Array;
  /**
   * Chooses for rows 0..count. Throws RangeError at the first row whose offset leaves its table;
   * rows before it are chosen.
   */
  choose(count: number): void;
};

const ROWS_MAX = 2 ** 24;

/**
 * Binds `logits` for good. Shared memory is allowed where its writer hands it over (Atomics, a
 * message) before each call.
 */
export function createChooser(
  options: ChooserOptions,
  kernels: Kernels = loadedKernels.kernels,
): Chooser {
  checkOptions(options);
  const { logits, noise, rowsMax } = options;
  const rowOffsets = new Int32Array(rowsMax);
  const noiseOffsets = new Int32Array(rowsMax);
  const choices = new Int32Array(rowsMax);
  const bound = { logits, noise: noise.values, rowOffsets, noiseOffsets, choices };
  const logitsLength = logits.length;
  const noiseLength = noise.values.length;
  const chooseRows = kernels.bindChooser(bound);
  return {
    rowOffsets,
    noiseOffsets,
    choices,
    choose(count) {
      if (!(count >= 0 && count <= rowsMax && Number.isInteger(count))) {
        throw new RangeError(`count is ${count}: pass an integer from 0 to rowsMax, ${rowsMax}`);
      }
      // A transferred array has length 0, and its memory is no longer ours to touch.
      const isBound =
        bound.logits.length === logitsLength &&
        bound.noise.length === noiseLength &&
        rowOffsets.length === rowsMax &&
        noiseOffsets.length === rowsMax &&
        choices.length === rowsMax;
      if (!isBound) throw new RangeError('a bound buffer was transferred: create a new chooser');
      const chosen = chooseRows(count);
      if (chosen < count) throw badOffset(bound, chosen);
    },
  };
}

function checkOptions({ logits, rowsMax }: ChooserOptions): void {
  if (logits.length === 0 || logits.length % TOKENS !== 0) {
    throw new RangeError(`logits has ${logits.length} values: pass one or more rows of ${TOKENS}`);
  }
  if (!Number.isInteger(rowsMax) || rowsMax < 1 || rowsMax > ROWS_MAX) {
    throw new RangeError(`rowsMax is ${rowsMax}: pass an integer from 1 to ${ROWS_MAX}`);
  }
}

function badOffset(buffers: ChooserBuffers, row: number): RangeError {
  const { logits, noise, rowOffsets, noiseOffsets } = buffers;
  const rowOffset = rowOffsets[row]!;
  const isRowInside = rowOffset >= 0 && rowOffset <= logits.length - TOKENS;
  const [name, offset, values] = isRowInside
    ? ['noiseOffsets', noiseOffsets[row], noise]
    : ['rowOffsets', rowOffset, logits];
  const last = values.length - TOKENS;
  return new RangeError(`${name}[${row}] is ${offset}: pass the start of a row, 0 to ${last}`);
}
