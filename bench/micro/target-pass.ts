/** A packed pass of a small target over 16 paths of 8 moves: its cost, and what the addon saves. */

import { FAN_NODES } from './fan.ts';
import type { Micro } from './micro.ts';
import { nativeAndTwin } from './native-and-twin.ts';
import { openPass } from './neural-pass.ts';

const config = {
  ...{ d: 128, layers: 2, heads: 4, window: 32, contextMoves: 64, feedForward: 256 },
};

export const targetPass: Micro = {
  question: 'What does a node cost a target of 0.3 M parameters in a packed pass, and the twin?',
  items: FAN_NODES,
  item: 'node',
  ways: nativeAndTwin(openPass({ kind: 'window', config })),
};
