/** Coupled choice: the token whose logit plus noise is greatest, for a batch of rows. */

import { type ChooseRows, type ChooserBuffers, TOKENS } from '../kernels.ts';

/** See `Kernels.bindChooser`. */
export function bindChooser(buffers: ChooserBuffers): ChooseRows {
  const { logits, noise, rowOffsets, noiseOffsets, choices } = buffers;
  const lastRow = logits.length - TOKENS;
  const lastNoiseRow = noise.length - TOKENS;

  return count => {
    for (let row = 0; row < count; row++) {
      const logit = rowOffsets[row]!;
      const addend = noiseOffsets[row]!;
      const isInside = logit >= 0 && logit <= lastRow && addend >= 0 && addend <= lastNoiseRow;
      if (!isInside) return row;
      let best = (logits[logit]! + noise[addend]!) | 0;
      let choice = 0;
      for (let token = 1; token < TOKENS; token++) {
        const value = (logits[logit + token]! + noise[addend + token]!) | 0;
        if (value > best) {
          best = value;
          choice = token;
        }
      }
      choices[row] = choice;
    }
    return count;
  };
}
