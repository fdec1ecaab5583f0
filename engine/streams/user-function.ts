/** Users' functions, and what becomes of a record when one refuses it. */

import type { NodeContext, Receiver } from './running-node.ts';

/** A user's function of a record. */
export type RecordFunction = (value: unknown, key: unknown, timeMs: number) => unknown;

/** A node with one parent. */
export function single(input: Receiver): { readonly inputs: readonly Receiver[] } {
  return { inputs: [input] };
}

/** Runs a user's function; what it refuses as `bad-data` ends here, and undefined comes back. */
export function guarded<Result>(
  context: NodeContext,
  key: unknown,
  run: () => Result,
): Result | undefined {
  try {
    return run();
  } catch (error) {
    context.refuse(error, key);
    return undefined;
  }
}
