/** The invariant of every request: children in their worse case never exceed their parent. */
import { invariant } from '#engine';
import { type Child, openLots } from './child.ts';
import type { Parent } from './parent.ts';

/** A request that adds risk: the child it changes, if it is not new, and its total from then on. */
export type ChildRequest = { child: Child | undefined; lots: number };

/**
 * done + open and pending of every child, with this request in its worse case, is at most the
 * total; where the total was lowered below that, a request does not raise it. Throws otherwise:
 * the planner is wrong, and the order does not leave.
 */
export function requireWithinParent(
  { id, side, doneLots, totalLots }: Parent,
  children: readonly Child[],
  { child, lots }: ChildRequest,
): void {
  let before = doneLots;
  for (const each of children) if (each.side === side) before += openLots(each);
  const own = child === undefined ? 0 : openLots(child);
  const asked = child === undefined ? lots : lots - child.filledLots;
  const after = before - own + Math.max(own, asked);
  invariant(
    after <= Math.max(totalLots, before),
    `parent ${id}: ${after} lots done and at work stay within its ${totalLots}`,
  );
}
