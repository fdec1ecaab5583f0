/** The choice of a token: its cost, and what the addon saves of it. */

import { createChooser, createNoise, type Kernels, TOKENS } from '#native';
import type { Micro } from './micro.ts';
import { nativeAndTwin } from './native-and-twin.ts';

const ROWS = 1024;
const PATHS = 16;

/** Rows as a packed pass has them: each path reads its own noise, logits are shared by four. */
export const coupledChoice: Micro = {
  question: 'What does the choice of a token cost, and how much does the addon save?',
  items: ROWS,
  item: 'row',
  ways: nativeAndTwin(openChoice),
};

function openChoice(kernels: Kernels): () => number {
  const logits = new Int32Array(ROWS * TOKENS).map((_, at) => (at * 2_654_435_761) >> 12);
  const noise = createNoise(PATHS, 8, kernels);
  noise.setKey(1, 2);
  for (let moveIndex = 0; moveIndex < 8; moveIndex++) noise.fill(moveIndex);
  const chooser = createChooser({ logits, noise, rowsMax: ROWS }, kernels);
  const noiseRows = noise.values.length / TOKENS;
  for (let row = 0; row < ROWS; row++) {
    chooser.rowOffsets[row] = (row >> 2) * TOKENS;
    chooser.noiseOffsets[row] = (row % noiseRows) * TOKENS;
  }
  return () => {
    chooser.choose(ROWS);
    return chooser.choices[ROWS - 1]!;
  };
}
