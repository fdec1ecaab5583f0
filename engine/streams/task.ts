/** A task: one partition of one sub-topology, a deterministic step over records and times. */

import type { IncomingRecord, OutgoingRecord } from '../broker/record.ts';
import type { Partitioner } from '../state/key-group.ts';
import type { StateStore } from '../state/store.ts';

/** A part of a topology whose nodes hang together without a topic between them. */
export type SubTopology = {
  readonly index: number;
  /** Topics it reads, all with the same number of partitions. */
  readonly sources: readonly string[];
  /** Topics it writes. */
  readonly sinks: readonly string[];
  readonly stores: readonly StoreSettings[];
  /** How the writers of its sources choose partitions. Default `key-group`. */
  readonly partitioner?: Partitioner;
  /** Makes the task of a partition; its stores are empty until they are restored. */
  createTask(place: TaskPlace): StreamTask;
};

export type StoreSettings = {
  readonly name: string;
  /** Without it the store is empty after a move: for what can be rebuilt or may be lost. */
  readonly isLogged: boolean;
  /**
   * The part of a key's bytes that is the key of the records behind it (a window's start is none),
   * so that state goes to their partition when the number of partitions changes. Default: all.
   */
  recordKeyOf?(key: Uint8Array): Uint8Array;
  /** Its keys are none of records: it stays behind when the number of partitions changes. */
  readonly isOfTask?: boolean;
};

export type TaskPlace = {
  readonly partition: number;
  /** Opens one of the sub-topology's stores: in memory, or on disk where settings say so. */
  openStore<Key, Value>(codec: StoreCodec<Key, Value>): StateStore<Key, Value>;
  /** Partitions by topic, of all topics that the topology reads and writes. */
  readonly partitionCounts: ReadonlyMap<string, number>;
};

export type StoreCodec<Key, Value> = {
  readonly name: string;
  readonly key: Codec<Key>;
  readonly value: Codec<Value>;
};

/** Bytes of a value and back. `decode` throws OutriderError `bad-data` for bytes that are none. */
export type Codec<Value> = {
  readonly name: string;
  encode(value: Value): Uint8Array;
  /** The bytes may be a view into more; what is made of them must not keep them. */
  decode(bytes: Uint8Array): Value;
  /** A primitive that is the same exactly where the bytes are: stores in memory go by it. */
  identity?(value: Value): string | number | bigint | boolean;
};

export type StreamTask = {
  readonly subTopology: number;
  readonly partition: number;
  readonly stores: ReadonlyMap<string, StateStore<unknown, unknown>>;
  /** One record of one of its sources. A record that cannot be read goes to the dead letters. */
  process(topic: string, record: IncomingRecord, effects: TaskEffects): void;
  /**
   * Time of the runtime passes: due timers fire, silent sources turn idle, and readers of
   * repartition topics learn of event time. Called once before the first record.
   */
  advance(nowMs: number, effects: TaskEffects): void;
  /** When `advance` has work next; undefined where nothing waits. */
  nextDueMs(): number | undefined;
  /** Called before a commit takes what was done: what it appends and stores belongs to it. */
  beforeCommit?(effects: TaskEffects): void;
  /** Whether a commit is wanted though no record came: see `Processor.wake`. */
  hasNews?(): boolean;
  /** Event time that its live sources have passed, milliseconds since 1970; -Infinity before. */
  watermarkMs(): number;
  /** Since it was made. */
  counts?(): TaskCounts;
};

export type TaskCounts = {
  /** Records that came too late for an operator, whether or not anybody reads its side output. */
  readonly late: number;
  readonly deadLetters: number;
};

/** What a step appends to and the runtime sends. Changes of state stay in stores until drained. */
export type TaskEffects = { readonly outputs: OutgoingRecord[] };
