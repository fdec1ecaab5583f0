/** The TypeScript twins as one set: the oracle of the Rust addon, and its stand-in. */

import { BINDING_VERSION, KERNEL_ID, type Kernels } from '../kernels.ts';
import { bindChooser } from './choice.ts';
import { bindFeatures } from './features.ts';
import { bindFieldScan } from './fix/fields.ts';
import { bindFrameScan } from './fix/frame.ts';
import { gumbelTable } from './gumbel.ts';
import { bindNeural } from './neural/kernels.ts';
import { bindNoise } from './noise.ts';
import { bindOrderEncoder } from './order-encoder.ts';
import { bindRingReader, bindRingWriter, closeRing, openRing } from './ring.ts';

export const twinKernels: Kernels = {
  BINDING_VERSION,
  KERNEL_ID,
  gumbelTable: () => gumbelTable().slice(),
  bindNoise,
  bindChooser,
  bindFeatures,
  openRing,
  closeRing,
  bindRingWriter,
  bindRingReader,
  bindNeural,
  bindOrderEncoder,
  bindFrameScan,
  bindFieldScan,
};
