/** Streams grouped by key: aggregates over all time, or over windows of event time. */

import type { Stream } from './stream.ts';
import type { Table } from './table.ts';
import type { Codec } from './task.ts';
import type { FixedWindow, MergingWindow, Windowed } from './windows.ts';

export type Grouped<Key, Value> = {
  count(options?: NameOptions): Table<Key, number>;
  /** The first value, then each next one with what there is. */
  reduce(
    reduce: (aggregate: Value, value: Value) => Value,
    options?: NameOptions,
  ): Table<Key, Value>;
  aggregate<Result>(options: AggregateOptions<Key, Value, Result>): Table<Key, Result>;
  windowedBy(
    window: FixedWindow,
    options?: WindowOptions,
  ): GroupedInWindows<Key, Value, AggregateOptions<Key, Value, never>>;
  /** Sessions that meet become one, and sliding windows overlap: their aggregates have to merge. */
  windowedBy(
    window: MergingWindow,
    options?: WindowOptions,
  ): GroupedInWindows<Key, Value, MergingOptions<Key, Value, never>>;
};

export type GroupedInWindows<Key, Value, Options> = {
  count(options?: NameOptions): InWindows<Key, number, Value>;
  reduce(
    reduce: (aggregate: Value, value: Value) => Value,
    options?: NameOptions,
  ): InWindows<Key, Value, Value>;
  aggregate<Result>(
    options: Options extends MergingOptions<Key, Value, never>
      ? MergingOptions<Key, Value, Result>
      : AggregateOptions<Key, Value, Result>,
  ): InWindows<Key, Result, Value>;
};

/** The windows' values, and beside them the records that came too late for theirs. */
export type InWindows<Key, Result, Late> = Stream<Key, Windowed<Result>> & {
  readonly late: Stream<Key, Late>;
};

type NameOptions = {
  /** Of the node, and so of its store: it outlives changes of the topology around it. */
  readonly name?: string;
};

export type AggregateOptions<Key, Value, Result> = NameOptions & {
  initial(): Result;
  /** Gives a new aggregate: the one it is given may still be in a store. */
  add(aggregate: Result, value: Value, key: Key): Result;
  readonly value: Codec<Result>;
};

export type MergingOptions<Key, Value, Result> = AggregateOptions<Key, Value, Result> & {
  /** Of two aggregates of records next to each other in time, the earlier first. */
  merge(earlier: Result, later: Result, key: Key): Result;
};

export type WindowOptions = {
  /** How long a window still takes records after its end, in event time. Default 0 ms. */
  readonly latenessMs?: number;
  /**
   * `update` (default): at each change, with the time of the record behind it. `close`: once,
   * when nothing can change the window any more, with the time of its end.
   */
  readonly emit?: 'update' | 'close';
};
