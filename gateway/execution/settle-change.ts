/** Whether a child follows what is wanted now, or stands as that is too little or too soon. */
import type { Nanoseconds } from '#engine';
import type { Child } from './child.ts';

export type Terms = { lots: number; limitIncrements: number };

export type ChangeRule = {
  minimumChangeLots: number;
  /** For the price alone; of a peg, its step. */
  minimumChangeIncrements: number;
  /** When the child may next add risk: another price, or more lots. */
  readyNs: Nanoseconds;
  nowNs: Nanoseconds;
};

/**
 * The terms to ask for; `wanted.lots` are those to be open. Fewer lots go at once;
 * more lots or another price wait for `readyNs`, and for a change of some size.
 */
export function settleChange(child: Child, wanted: Terms, rule: ChangeRule): Terms {
  const open = child.lots - child.filledLots;
  const isNewPrice =
    Math.abs(wanted.limitIncrements - child.limitIncrements) >= rule.minimumChangeIncrements &&
    wanted.limitIncrements !== child.limitIncrements;
  const isMore = wanted.lots - open >= rule.minimumChangeLots;
  if (isNewPrice && rule.nowNs >= rule.readyNs) return wanted;
  const { limitIncrements } = child;
  if (wanted.lots < open) return { lots: wanted.lots, limitIncrements };
  if (!isMore || rule.nowNs < rule.readyNs) return { lots: open, limitIncrements };
  return { lots: wanted.lots, limitIncrements };
}
