/** Tables: of each key the latest value, and what follows from its changes. */

import type { Handle } from './handle.ts';
import type { Coding, Joiner, Stream } from './stream.ts';
import type { Codec } from './task.ts';
import type { Topic } from './topic.ts';

/** Functions of a table's values have no side effects: they may be called again for a look-up. */
export type Table<Key, Value, Coded extends Coding = 'coded'> = {
  readonly handle: Handle;
  readonly keyCodec: Codec<Key>;
  readonly valueCodec: Coded extends 'coded' ? Codec<Value> : undefined;
  /** Tells tables from streams. */
  readonly isTable: true;

  mapValues<Result>(map: TableMapper<Key, Value, Result>): Table<Key, Result, 'bare'>;
  mapValues<Result>(map: TableMapper<Key, Value, Result>, codec: Codec<Result>): Table<Key, Result>;
  /** Rows that are not wanted are as if they were deleted. */
  filter(isWanted: TableMapper<Key, Value, boolean>): Table<Key, Value, Coded>;
  /** Each new value; deletions are left out. */
  toStream(): Stream<Key, Value, Coded>;
  /** Each new value, and each deletion as a tombstone. */
  to(topic: Topic<Key, Value>): void;

  /** A row where both tables have the key. */
  join<Other, Result>(
    other: Table<Key, Other, Coding>,
    join: Joiner<Key, Value, Other, Result>,
    options: TableJoinOptions<Result>,
  ): Table<Key, Result>;
  /** A row where this table has the key. */
  leftJoin<Other, Result>(
    other: Table<Key, Other, Coding>,
    join: Joiner<Key, Value, Other | undefined, Result>,
    options: TableJoinOptions<Result>,
  ): Table<Key, Result>;
  /** A row where either has it. */
  outerJoin<Other, Result>(
    other: Table<Key, Other, Coding>,
    join: Joiner<Key, Value | undefined, Other | undefined, Result>,
    options: TableJoinOptions<Result>,
  ): Table<Key, Result>;

  /** Rows by another key, to be aggregated: a row that changes leaves its old group. */
  groupBy<NewKey>(
    this: Table<Key, Value>,
    selectKey: TableMapper<Key, Value, NewKey>,
    codec: Codec<NewKey>,
  ): GroupedTable<NewKey, Value>;
};

export type TableMapper<Key, Value, Result> = (value: Value, key: Key) => Result;

export type TableJoinOptions<Result> = { readonly value: Codec<Result>; readonly name?: string };

export type GroupedTable<Key, Value> = {
  /** How many rows each group has. */
  count(options?: { readonly name?: string }): Table<Key, number>;
  /** `subtract` undoes an `add` of the same row. */
  aggregate<Result>(options: {
    initial(): Result;
    add(aggregate: Result, row: Value, key: Key): Result;
    subtract(aggregate: Result, row: Value, key: Key): Result;
    readonly value: Codec<Result>;
    readonly name?: string;
  }): Table<Key, Result>;
};
