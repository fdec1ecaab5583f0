/** Whether a request that waits has become useless to its edge. */
import type { Speculation } from '../protocol/speculation.ts';

/**
 * Whether the market can no longer be where the older request of the same edge speaks of. One move
 * on, that is known where the newer names this move: only the branch that assumed it is still of
 * use, and the newer leaves out its present where an older request has that branch. A newer
 * version of side inputs voids what was asked under the older: an edge whose present is still
 * awaited under it asks nothing under the newer.
 */
export function isPast(older: Speculation, newer: Speculation): boolean {
  if (older.instrument !== newer.instrument) return false;
  if (older.epoch !== newer.epoch) return older.epoch < newer.epoch;
  if (older.sideInputs.version < newer.sideInputs.version) return true;
  if (older.moveIndex + 1 < newer.moveIndex) return true;
  if (older.moveIndex + 1 > newer.moveIndex) return false;
  const move = newer.update.tokens.at(-1);
  return move !== undefined && !older.branches.includes(move);
}
