/** The noise of a path at a move: its cost, and what the addon saves of it. */

import { createNoise, type Kernels } from '#native';
import type { Micro } from './micro.ts';
import { nativeAndTwin } from './native-and-twin.ts';

const PATHS = 16;

export const keyedNoise: Micro = {
  question: 'What does the noise of a path at a move cost, and how much does the addon save?',
  items: PATHS,
  item: 'row of 64',
  ways: nativeAndTwin(openNoise),
};

function openNoise(kernels: Kernels): () => number {
  const noise = createNoise(PATHS, 16, kernels);
  noise.setKey(3, 4);
  let moveIndex = 0;
  return () => {
    noise.fill(moveIndex++);
    return noise.values[0]!;
  };
}
