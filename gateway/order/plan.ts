/** From a desk's wish to its targets: which orders should stand at which venue now. */
import type { Signal } from '../signal.ts';
import type { Desk } from './desk.ts';
import type { Side } from './terms.ts';

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
  target.limitIncrements = limitOf(signal, target.side);
  target.postOnly = signal.style === 'join' || signal.style === 'peg';
  return true;
}

/** A peg that nobody moves rests at the near touch of its wish, its limit being where it may go. */
function limitOf({ style, limitIncrements, bidIncrements, askIncrements }: Signal, side: Side) {
  if (style !== 'peg') return limitIncrements;
  return side === 1
    ? Math.min(limitIncrements, bidIncrements)
    : Math.max(limitIncrements, askIncrements);
}
