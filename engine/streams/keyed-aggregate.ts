/** Aggregates over all records of a key, and of the rows that a table's groups have. */

import { type Change, type OpenNode, OUT } from './running-node.ts';
import { guarded, type RecordFunction, single } from './user-function.ts';

/** Of a row that joins or leaves a group: -1 takes it away, 1 adds it. */
export type GroupChange = { readonly number: number; readonly value: unknown };

/** A changed row leaves its old group and joins its new one. */
export function openRegroup(selectKey: RecordFunction): OpenNode {
  return context => {
    const forward = context.output(OUT);
    return single((key, value, timeMs) => {
      const { before, after } = value as Change<unknown>;
      const groupOf = (row: unknown) => (row === undefined ? row : selectKey(row, key, timeMs));
      const groups = guarded(context, key, () => [groupOf(before), groupOf(after)] as const);
      if (groups === undefined) return;
      if (before !== undefined) forward(groups[0], { number: -1, value: before }, timeMs);
      if (after !== undefined) forward(groups[1], { number: 1, value: after }, timeMs);
    });
  };
}

type KeyedAggregation = {
  readonly store: string;
  initial(): unknown;
  add(aggregate: unknown, value: unknown, key: unknown): unknown;
};

/** A value a key, over all its records. */
export function openAggregate({ store, initial, add }: KeyedAggregation): OpenNode {
  return context => {
    const forward = context.output(OUT);
    const values = context.store<unknown, unknown>(store);
    return single((key, value, timeMs) => {
      const before = values.get(key);
      let after: unknown;
      try {
        after = add(before === undefined ? initial() : before, value, key);
      } catch (error) {
        context.refuse(error, key);
        return;
      }
      values.set(key, after);
      forward(key, { before, after }, timeMs);
    });
  };
}
