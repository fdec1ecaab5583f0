/** Tables at work: kept from a topic, looked up by streams, joined, grouped anew. */

import type { StateStore } from '../state/store.ts';
import { type Change, type OpenNode, OUT } from './running-node.ts';
import type { TableGetter } from './table-getter.ts';
import { guarded, type RecordFunction, single } from './user-function.ts';

/** Keeps a topic's latest value of each key; undefined, a tombstone, deletes. */
export function openSourceTable(store: string): OpenNode {
  return context => {
    const forward = context.output(OUT);
    const values = context.store<unknown, unknown>(store);
    return single((key, after, timeMs) => {
      const before = put(values, key, after);
      if (before !== undefined || after !== undefined) forward(key, { before, after }, timeMs);
    });
  };
}

/** Returns what was there before. */
function put(values: StateStore<unknown, unknown>, key: unknown, after: unknown): unknown {
  const before = values.get(key);
  if (after !== undefined) values.set(key, after);
  else if (before !== undefined) values.delete(key);
  return before;
}

export function openTableMap(map: RecordFunction): OpenNode {
  return context => {
    const forward = context.output(OUT);
    return single((key, value, timeMs) => {
      const { before, after } = value as Change<unknown>;
      const apply = (each: unknown) => (each === undefined ? undefined : map(each, key, timeMs));
      const change = guarded(context, key, () => ({ before: apply(before), after: apply(after) }));
      if (change === undefined) return;
      if (change.before !== undefined || change.after !== undefined) forward(key, change, timeMs);
    });
  };
}

/** The new values; deletions end here. */
export function openToStream(): OpenNode {
  return context => {
    const forward = context.output(OUT);
    return single((key, value, timeMs) => {
      const { after } = value as Change<unknown>;
      if (after !== undefined) forward(key, after, timeMs);
    });
  };
}

type LookUpSettings = {
  readonly get: TableGetter;
  readonly keepsUnmatched: boolean;
  join(value: unknown, found: unknown, key: unknown): unknown;
};

/** A stream's record meets the table as it stands when the record comes. */
export function openTableLookUp({ get, keepsUnmatched, join }: LookUpSettings): OpenNode {
  return context => {
    const forward = context.output(OUT);
    const find = get(context);
    return {
      inputs: [
        (key, value, timeMs) => {
          let joined: unknown;
          try {
            const found = find(key);
            if (found === undefined && !keepsUnmatched) return;
            joined = join(value, found, key);
          } catch (error) {
            context.refuse(error, key);
            return;
          }
          forward(key, joined, timeMs);
        },
        () => {},
      ],
    };
  };
}

export type TableJoinSettings = {
  readonly store: string;
  readonly getters: readonly [left: TableGetter, right: TableGetter];
  readonly keeps: readonly [left: boolean, right: boolean];
  join(left: unknown, right: unknown, key: unknown): unknown;
};

/** A change of either side gives the joined value anew; the one before is kept, not guessed. */
export function openTableJoin({ store, getters, keeps, join }: TableJoinSettings): OpenNode {
  return context => {
    const forward = context.output(OUT);
    const values = context.store<unknown, unknown>(store);
    const [left, right] = [getters[0](context), getters[1](context)];
    const update = (key: unknown, _change: unknown, timeMs: number) => {
      let after: unknown;
      try {
        const own = left(key);
        const other = right(key);
        const isJoined = own === undefined ? keeps[1] : other !== undefined || keeps[0];
        const isThere = own !== undefined || other !== undefined;
        after = isThere && isJoined ? join(own, other, key) : undefined;
      } catch (error) {
        context.refuse(error, key);
        return;
      }
      const before = put(values, key, after);
      if (before !== undefined || after !== undefined) forward(key, { before, after }, timeMs);
    };
    return { inputs: [update, update] };
  };
}
