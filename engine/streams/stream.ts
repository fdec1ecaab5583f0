/** Streams and what can be done with them; their types follow keys, values and codecs along. */

import type { Grouped } from './grouped.ts';
import type { Handle } from './handle.ts';
import type { ProcessFunctions, StateOptions } from './process-functions.ts';
import type { Table } from './table.ts';
import type { Codec } from './task.ts';
import type { Topic } from './topic.ts';

/** Whether the codec of a stream's values is known: it is not behind a function without one. */
export type Coding = 'coded' | 'bare';

/**
 * Records of one type, in partitions by key. What keeps records or sends them through a topic of
 * the engine's own needs a `coded` stream: give the codec to the function, or to `withValues`.
 *
 * A function that throws OutriderError `bad-data` makes the record at hand a dead letter; any
 * other error stops the task.
 */
export type Stream<Key, Value, Coded extends Coding = 'coded'> = {
  readonly handle: Handle;
  readonly keyCodec: Codec<Key>;
  readonly valueCodec: Coded extends 'coded' ? Codec<Value> : undefined;

  /** New values of the same keys. */
  mapValues<Result>(map: Mapper<Key, Value, Result>): Stream<Key, Result, 'bare'>;
  mapValues<Result>(map: Mapper<Key, Value, Result>, codec: Codec<Result>): Stream<Key, Result>;
  filter(isWanted: Mapper<Key, Value, boolean>): Stream<Key, Value, Coded>;
  /** Any number of values for one, with the same key and time. */
  flatMapValues<Result>(
    map: Mapper<Key, Value, Iterable<Result>>,
    codec: Codec<Result>,
  ): Stream<Key, Result>;
  /** A new key and value. */
  map<NewKey, Result>(
    map: Mapper<Key, Value, readonly [NewKey, Result]>,
    codecs: { readonly key: Codec<NewKey>; readonly value: Codec<Result> },
  ): Stream<NewKey, Result>;
  /** Any number of new keys and values for one record, with its time. */
  flatMap<NewKey, Result>(
    map: Mapper<Key, Value, Iterable<readonly [NewKey, Result]>>,
    codecs: { readonly key: Codec<NewKey>; readonly value: Codec<Result> },
  ): Stream<NewKey, Result>;
  /** A new key. What then needs records by key goes through a repartition topic first. */
  keyBy<NewKey>(
    selectKey: Mapper<Key, Value, NewKey>,
    codec: Codec<NewKey>,
  ): Stream<NewKey, Value, Coded>;
  /** A stream by name; a record goes to the first whose predicate holds, or nowhere. */
  branch<Name extends string>(
    branches: {
      readonly [Each in Name]: Mapper<Key, Value, boolean>;
    },
  ): { readonly [Each in Name]: Stream<Key, Value, Coded> };
  merge(other: Stream<Key, Value, Coded>): Stream<Key, Value, Coded>;
  /** The same stream with the codec of its values. */
  withValues(codec: Codec<Value>): Stream<Key, Value>;
  to(topic: Topic<Key, Value>): void;

  groupByKey(this: Stream<Key, Value>): Grouped<Key, Value>;
  /** `keyBy` and `groupByKey`. */
  groupBy<NewKey>(
    this: Stream<Key, Value>,
    selectKey: Mapper<Key, Value, NewKey>,
    codec: Codec<NewKey>,
  ): Grouped<NewKey, Value>;

  /** Pairs of records of one key whose times are near enough. */
  join<Other, Result>(
    this: Stream<Key, Value>,
    other: Stream<Key, Other>,
    options: StreamJoinOptions,
    join: Joiner<Key, Value, Other, Result>,
  ): Joined<Key, Result, Value | Other>;
  /** And this stream's records that find no partner, once none can come any more. */
  leftJoin<Other, Result>(
    this: Stream<Key, Value>,
    other: Stream<Key, Other>,
    options: StreamJoinOptions,
    join: Joiner<Key, Value, Other | undefined, Result>,
  ): Joined<Key, Result, Value | Other>;
  /** And both streams' records that find no partner. */
  outerJoin<Other, Result>(
    this: Stream<Key, Value>,
    other: Stream<Key, Other>,
    options: StreamJoinOptions,
    join: Joiner<Key, Value | undefined, Other | undefined, Result>,
  ): Joined<Key, Result, Value | Other>;

  /** Each record with the table's value when it comes; records without one are left out. */
  joinTable<Other, Result>(
    this: Stream<Key, Value>,
    table: Table<Key, Other, Coding>,
    join: Joiner<Key, Value, Other, Result>,
  ): Stream<Key, Result, 'bare'>;
  leftJoinTable<Other, Result>(
    this: Stream<Key, Value>,
    table: Table<Key, Other, Coding>,
    join: Joiner<Key, Value, Other | undefined, Result>,
  ): Stream<Key, Result, 'bare'>;

  /** Each record with the latest version of its key that was known at its time. */
  joinAsOf<Other, Result>(
    this: Stream<Key, Value>,
    versions: Stream<Key, Other>,
    options: AsOfOptions,
    join: Joiner<Key, Value, Other, Result>,
  ): Joined<Key, Result, Value>;
  leftJoinAsOf<Other, Result>(
    this: Stream<Key, Value>,
    versions: Stream<Key, Other>,
    options: AsOfOptions,
    join: Joiner<Key, Value, Other | undefined, Result>,
  ): Joined<Key, Result, Value>;

  /** An operator of one's own. */
  process<States extends object, Result>(
    this: Stream<Key, Value>,
    options: ProcessOptions<Key, Value, States, Result>,
  ): Stream<Key, Result>;
};

export type Mapper<Key, Value, Result> = (value: Value, key: Key, timeMs: number) => Result;

export type Joiner<Key, Left, Right, Result> = (left: Left, right: Right, key: Key) => Result;

/** A join's results, and beside them the records that came too late for it. */
export type Joined<Key, Result, Late> = Stream<Key, Result, 'bare'> & {
  readonly late: Stream<Key, Late, 'bare'>;
};

export type StreamJoinOptions = {
  /** How far before and after a record of this stream a partner's time may lie, in ms. */
  readonly within: { readonly beforeMs: number; readonly afterMs: number };
  /** How far behind event time records still count, beyond a topic's `outOfOrderMs`. Default 0. */
  readonly latenessMs?: number;
  readonly name?: string;
};

export type AsOfOptions = {
  /**
   * `complete`: a record is joined once event time has passed it, so with all that came in time.
   * `arrival`: at once, with what is there.
   */
  readonly emit: 'complete' | 'arrival';
  /** Versions older than this count as none. Default: none is too old. */
  readonly withinMs?: number;
  /** How far behind event time records still count, beyond a topic's `outOfOrderMs`. Default 0. */
  readonly latenessMs?: number;
  /** Whether a version of the very time of a record counts as known. Default `known`. */
  readonly sameTime?: 'known' | 'unknown';
  readonly name?: string;
};

export type ProcessOptions<Key, Value, States extends object, Result> = {
  /** By name: each key has its own. */
  readonly states: { readonly [Name in keyof States]: StateOptions<States[Name]> };
  /** Of what it emits. */
  readonly output: Codec<Result>;
  readonly name?: string;
} & (
  | ProcessFunctions<Key, Value, States, Result>
  | {
      /**
       * Makes the functions of each task anew: whatever they keep in memory beside the states is
       * gone with the task, as after a failure or when it goes to another member.
       */
      open(partition: number): ProcessFunctions<Key, Value, States, Result>;
    }
);
