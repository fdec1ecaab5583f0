/** The twins of the neural kernels as one set. */

import type { NeuralKernels } from '../../neural-kernels.ts';
import { openGru } from './gru.ts';
import { openWindow } from './window.ts';

export const twinNeuralKernels: NeuralKernels = {
  bindWindow(weights) {
    const bound = structuredClone(weights);
    return { open: buffers => openWindow(bound, buffers) };
  },
  bindGru(weights) {
    const bound = structuredClone(weights);
    return { open: buffers => openGru(bound, buffers) };
  },
};
