/** The twins of the neural kernels: a model of either kind; they run on the caller's thread. */

import type { ListedWeights, NeuralModel } from '../../neural-kernels.ts';
import { openGru } from './gru.ts';
import { gruParts, windowParts } from './weights.ts';
import { openWindow } from './window.ts';

/** See `Kernels.bindNeural`. */
export function bindNeural(weights: ListedWeights): NeuralModel {
  switch (weights.kind) {
    case 'window': {
      const parts = windowParts(weights.config, weights.tensors);
      return { open: buffers => openWindow(parts, buffers) };
    }
    case 'gru': {
      const parts = gruParts(weights.config, weights.tensors);
      return { open: buffers => openGru(parts, buffers) };
    }
  }
}
