/** From a desk's wish to its targets: which orders should stand at which venue now. */
import type { Desk } from './desk.ts';

/**
 * Writes the desk's targets; false where the wish says nothing of its orders, which stay as they
 * are. One limit order for what is missing, at the first venue, for as long as there is a wish.
 */
export function planDesk(desk: Desk): boolean {
  const { signal, holding, targets } = desk;
  if (signal === undefined) return false;
  const missing = signal.style === 'wait' ? 0 : signal.desiredLots - holding.positionLots;
  desk.targetCount = missing === 0 ? 0 : 1;
  const target = targets[0]!;
  target.side = missing > 0 ? 1 : -1;
  target.lots = Math.abs(missing);
  target.limitIncrements = signal.limitIncrements;
  target.postOnly = signal.style === 'join' || signal.style === 'peg';
  return true;
}
