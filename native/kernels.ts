/** What every implementation of the kernels offers: the Rust addon and the TypeScript twins. */

import type { FeatureKernels } from './feature-kernels.ts';
import type { FixScanKernels } from './fix-scan-kernels.ts';
import type { NeuralKernels } from './neural-kernels.ts';
import type { OrderKernels } from './order-kernels.ts';
import type { PlainOrderKernels } from './plain-order-kernels.ts';
import type { RecordKernels } from './record-kernels.ts';
import type { RingKernels } from './ring-kernels.ts';
import type { RiskKernels } from './risk-kernels.ts';
import type { SocketKernels } from './socket-kernels.ts';

/** Tokens in the alphabet: one row of logits, one row of noise. */
export const TOKENS = 64;

/** The law of choice these kernels compute; a run's record carries it. */
export const KERNEL_ID = 'coupled-choice/1';

/** The interface below; an addon built for another number is not loaded. */
export const BINDING_VERSION = 10;

/** Writes the noise of one move index into its slot of the bound ring. */
export type FillNoise = (key0: number, key1: number, moveIndex: number) => void;

/**
 * Chooses for rows 0..count of the bound buffers and returns how many it chose: fewer than `count`
 * if the next row's offset leaves its table.
 */
export type ChooseRows = (count: number) => number;

/** What choosing reads and writes, in place; `choices` overlaps none of the others. */
export type ChooserBuffers = {
  /** Rows of 64 logits in Q16 nats, each within 2^30 of zero. */
  readonly logits: Int32Array;
  /** Rows of 64 noise values in Q16 nats. */
  readonly noise: Int32Array;
  /** Where in `logits` the row of each choice starts. */
  readonly rowOffsets: Int32Array;
  /** Where in `noise` the row of each choice starts. */
  readonly noiseOffsets: Int32Array;
  /** Written: the chosen token of each row. */
  readonly choices: Int32Array;
};

export type Kernels = NeuralKernels &
  FeatureKernels &
  FixScanKernels &
  OrderKernels &
  PlainOrderKernels &
  RecordKernels &
  RingKernels &
  RiskKernels &
  SocketKernels & {
    readonly BINDING_VERSION: number;
    readonly KERNEL_ID: string;
    /** A copy of the 65,536 Gumbel quantiles in Q16 nats. */
    gumbelTable(): Int32Array;
    /** `values` is a ring laid out `[moveIndex mod indexes][path][64]`. */
    bindNoise(values: Int32Array, paths: number): FillNoise;
    bindChooser(buffers: ChooserBuffers): ChooseRows;
  };
