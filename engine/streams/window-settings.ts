/** What an aggregate over windows goes by, whatever its windows are. */

import { type NodeContext, OUT, type Receiver } from './running-node.ts';
import type { Codec } from './task.ts';
import type { Windowed } from './windows.ts';

/** Output of records that came too late. */
export const LATE = 'late';

export type Aggregation = {
  initial(): unknown;
  add(aggregate: unknown, value: unknown, key: unknown): unknown;
  /** Of two aggregates, the earlier first; only sessions and sliding windows need it. */
  merge(earlier: unknown, later: unknown, key: unknown): unknown;
};

export type WindowSettings = {
  readonly store: string;
  readonly key: Codec<unknown>;
  readonly aggregation: Aggregation;
  readonly latenessMs: number;
  /** `update`: each change of a window; `close`: once, when nothing can change it any more. */
  readonly emit: 'update' | 'close';
};

/** Sends a window's value: at an update with the record's time, at its close with its last. */
export function windowSender(
  context: NodeContext,
): (key: unknown, window: Windowed<unknown>, timeMs: number) => void {
  return context.output(OUT) as (key: unknown, window: unknown, timeMs: number) => void;
}

/** Counts a late record and hands it to whoever reads the side output. */
export function lateSender(context: NodeContext): Receiver {
  const forward = context.output(LATE);
  return (key, value, timeMs) => {
    context.late();
    forward(key, value, timeMs);
  };
}
