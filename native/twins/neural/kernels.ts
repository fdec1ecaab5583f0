/** The twins of the neural kernels as one set. */

import type { NeuralKernels } from '../../neural-kernels.ts';
import { openGru } from './gru.ts';
import { gruParts, windowParts } from './weights.ts';
import { openWindow } from './window.ts';

export const twinNeuralKernels: NeuralKernels = {
  bindNeural(weights) {
    switch (weights.kind) {
      case 'window': {
        const parts = windowParts(weights);
        return { open: buffers => openWindow(parts, buffers) };
      }
      case 'gru': {
        const parts = gruParts(weights);
        return { open: buffers => openGru(parts, buffers) };
      }
    }
  },
};
