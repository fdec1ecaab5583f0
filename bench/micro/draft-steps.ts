/** The draft's steps over 16 paths of 8 moves: their cost, and what the addon saves of it. */

import { FAN_NODES } from './fan.ts';
import type { Micro } from './micro.ts';
import { nativeAndTwin } from './native-and-twin.ts';
import { openPass } from './neural-pass.ts';

export const draftSteps: Micro = {
  question: 'What does a node cost the draft (GRU of 96), in levels of 16, and the twin?',
  items: FAN_NODES,
  item: 'node',
  ways: nativeAndTwin(openPass({ kind: 'gru', config: { d: 96, contextMoves: 64 } })),
};
