/** Whether a request that waits has become useless to its edge. */
import type { Speculation } from '../protocol/speculation.ts';

/**
 * Whether the market can no longer be where the older request of the same edge speaks of. One move
 * on, that is known where the newer names this move: only the branch that assumed it is still of
 * use, and the newer leaves out its present where an older request has that branch.
 */
export function isPast(older: Speculation, newer: Speculation): boolean {
  if (older.instrument !== newer.instrument) return false;
  if (older.epoch !== newer.epoch) return older.epoch < newer.epoch;
  if (older.moveIndex + 1 < newer.moveIndex) return true;
  if (older.moveIndex + 1 > newer.moveIndex) return false;
  const move = newer.update.tokens.at(-1);
  return move !== undefined && !older.branches.includes(move);
}
