/** A node at work in a task: what it is given, and what it offers to its parents and the task. */

import type { OutgoingRecord } from '../broker/record.ts';
import type { StateStore } from '../state/store.ts';

/** The output of nodes that have one. */
export const OUT = 'out';

/** A record on its way through a task: of a table the value is a `Change`. */
export type Receiver = (key: unknown, value: unknown, timeMs: number) => void;

/** What happened to a key of a table; undefined where it has no value. */
export type Change<Value> = {
  readonly before: Value | undefined;
  readonly after: Value | undefined;
};

export type OpenNode = (context: NodeContext) => RunningNode;

export type RunningNode = {
  /** One for each parent, in their order. */
  readonly inputs: readonly Receiver[];
  /** Once, before the first record or time: the stores are restored, what follows is built. */
  recover?(): void;
  /** `NodeContext.time` has moved; what it sends meets children to whom it has not yet. */
  onEventTime?(watermarkMs: number): void;
  onClock?(nowMs: number): void;
  /** When `onClock` has work next. */
  nextDueMs?(): number;
  /** Before a commit takes what was done since the last: what it sets and sends belongs to it. */
  beforeCommit?(): void;
  /** Whether `beforeCommit` has something to send though no record came. */
  hasNews?(): boolean;
};

export type NodeContext = {
  readonly partition: number;
  output(port: string): Receiver;
  store<Key, Value>(name: string): StateStore<Key, Value>;
  /** Event time as this node knows it, and the time of the last `advance`. */
  readonly time: NodeTime;
  /** Takes what an operator threw: a dead letter where it says `bad-data`, else it throws on. */
  refuse(error: unknown, key: unknown): void;
  /** A record came too late for this node. */
  late(): void;
  send(record: OutgoingRecord): void;
  /** Partitions of a topic that the topology writes. */
  partitionsOf(topic: string): number;
};

export type NodeTime = { watermarkMs: number; nowMs: number };
