/** The trie of a speculation for microbenches: 16 paths of 8 moves that part at once. */

import type { NeuralTrie } from '#native';

const PATHS = 16;
const MOVES = 8;

/** All nodes but the context itself. */
export const FAN_NODES = PATHS * MOVES;

/** Level by level: each node's parent stands a path's width before it. */
export function fan(): NeuralTrie {
  const nodes = FAN_NODES + 1;
  const parent = Int32Array.from({ length: nodes }, (_, node) =>
    node === 0 ? -1 : Math.max(0, node - PATHS),
  );
  const token = Uint8Array.from({ length: nodes }, (_, node) => (node * 5) % 64);
  const code = new Uint8Array(nodes).fill(8);
  return { parent, token, tokenCode: code, code: code.slice() };
}
