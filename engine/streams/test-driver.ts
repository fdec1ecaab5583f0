/** Runs a whole topology in one place on a virtual clock: typed records in, typed records out. */

import type { IncomingRecord, OutgoingRecord } from '../broker/record.ts';
import { OutriderError } from '../error.ts';
import { MILLISECOND_NS } from '../nanoseconds.ts';
import { partitionOfKey } from '../state/key-group.ts';
import { openMemoryStore } from '../state/memory-store.ts';
import { type VirtualTime, virtualTime } from '../virtual-time.ts';
import { readDeadLetter } from './dead-letter.ts';
import type { StreamTask, SubTopology, TaskPlace } from './task.ts';
import type { Topic } from './topic.ts';
import type { Topology } from './topology.ts';

export type TestRecord<Key, Value> = {
  readonly key: Key;
  /** Null for a tombstone. */
  readonly value: Value | null;
  readonly timeMs: number;
};

export type DeadLetter = {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** `reason`, `topic`, `partition`, `offset`, and `node` where an operator refused it. */
  readonly about: Readonly<Record<string, string>>;
};

export type TestDriver = {
  /** A record through the whole topology, repartition topics included. */
  send<Key, Value>(topic: Topic<Key, Value>, record: TestRecord<Key, Value>): void;
  /** Bytes as they are, to be read or to become a dead letter; in partition 0 without a key. */
  sendBytes(topic: string, body: Partial<IncomingRecord>): void;
  /** What was written to a topic since the last call. */
  read<Key, Value>(topic: Topic<Key, Value>): TestRecord<Key, Value>[];
  /** Since the last call. */
  readDeadLetters(): DeadLetter[];
  /** Entries of a store, over all its tasks. */
  stateSize(store: string): number;
  /** The least event time of all tasks. */
  watermarkMs(): number;
  /** Moves the clock, with all that is due on the way. */
  advance(byMs: number): void;
  readonly nowMs: number;
  /** Throws all tasks away and makes new ones from what they have logged. */
  restart(): void;
};

export type TestDriverOptions = {
  /** Of each topic of others. Default 1. */
  readonly partitions?: number;
  /** Of the clock, milliseconds since 1970. Default 0. */
  readonly startMs?: number;
};

export function testDriver(topology: Topology, options: TestDriverOptions = {}): TestDriver {
  const { partitions = 1, startMs = 0 } = options;
  const existing = new Map(topology.topics.map(topic => [topic, partitions]));
  const { partitionCounts } = topology.plan(existing);
  const broker = new TestBroker(topology, partitionCounts, startMs);
  return {
    send(topic, { key, value, timeMs }) {
      const keyBytes = key === null ? null : topic.key.encode(key);
      const count = broker.partitionsOf(topic.name);
      const partition = keyBytes === null ? 0 : partitionOfKey(keyBytes, count, topic.partitioner);
      broker.deliver({
        ...{ topic: topic.name, partition, key: keyBytes, timestampMs: timeMs, headers: [] },
        value: value === null ? null : topic.value.encode(value),
      });
    },
    sendBytes: (topic, body) =>
      broker.deliver({
        ...{ partition: 0, key: null, value: null, headers: [], timestampMs: broker.nowMs },
        ...{ ...body, topic },
      }),
    read: topic =>
      broker.take(topic.name).map(({ key, value, timestampMs }) => ({
        key: key === null ? (null as never) : topic.key.decode(key),
        value: value === null ? null : topic.value.decode(value),
        timeMs: timestampMs,
      })),
    readDeadLetters: () =>
      broker.take(topology.deadLetterTopic).map(({ key, value, headers }) => {
        return { key, value, about: readDeadLetter(headers) };
      }),
    stateSize: store => broker.stateSize(store),
    watermarkMs: () => broker.watermarkMs(),
    advance: byMs => broker.advance(byMs),
    get nowMs() {
      return broker.nowMs;
    },
    restart: () => broker.restart(),
  };
}

type Running = {
  readonly task: StreamTask;
  readonly sub: SubTopology;
  /** What its stores have logged, by store and the hex of the key. */
  readonly changelog: Map<string, Map<string, readonly [Uint8Array, Uint8Array]>>;
};

/** Its tasks, one a partition and sub-topology, and the records between them. */
class TestBroker {
  readonly #topology: Topology;
  readonly #counts: ReadonlyMap<string, number>;
  readonly #startMs: number;
  readonly #time: VirtualTime = virtualTime();
  readonly #offsets = new Map<string, number>();
  readonly #written = new Map<string, OutgoingRecord[]>();
  readonly #queue: OutgoingRecord[] = [];
  #running: Running[] = [];

  constructor(topology: Topology, counts: ReadonlyMap<string, number>, startMs: number) {
    this.#topology = topology;
    this.#counts = counts;
    this.#startMs = startMs;
    for (const sub of topology.subTopologies) {
      for (let partition = 0; partition < this.partitionsOf(sub.sources[0]!); partition++) {
        const task = sub.createTask(this.#place(partition));
        this.#running.push({ task, sub, changelog: new Map() });
      }
    }
    this.#advanceTasks();
    this.#settle();
  }

  get nowMs(): number {
    return this.#startMs + this.#time.nowNs() / MILLISECOND_NS;
  }

  partitionsOf(topic: string): number {
    const partitions = this.#counts.get(topic);
    if (partitions !== undefined) return partitions;
    const known = [...this.#counts.keys()].join(', ');
    throw new OutriderError('bad-usage', `topic ${topic} is not of this topology: ${known} are`);
  }

  deliver(record: OutgoingRecord): void {
    this.#queue.push(record);
    this.#settle();
    this.#advanceTasks();
    this.#settle();
  }

  take(topic: string): OutgoingRecord[] {
    this.partitionsOf(topic);
    const written = this.#written.get(topic) ?? [];
    this.#written.delete(topic);
    return written;
  }

  stateSize(store: string): number {
    const stores = this.#running.flatMap(({ task }) => task.stores.get(store) ?? []);
    if (stores.length > 0) return stores.reduce((sum, { size }) => sum + size, 0);
    const known = this.#running.flatMap(({ task }) => [...task.stores.keys()]);
    throw new OutriderError('bad-usage', `store ${store} is none: ${[...new Set(known)]} are`);
  }

  watermarkMs(): number {
    return Math.min(...this.#running.map(({ task }) => task.watermarkMs()));
  }

  advance(byMs: number): void {
    const endNs = this.#time.nowNs() + byMs * MILLISECOND_NS;
    for (;;) {
      const dueMs = Math.min(...this.#running.map(({ task }) => task.nextDueMs() ?? Infinity));
      const dueNs = Math.ceil((dueMs - this.#startMs) * MILLISECOND_NS);
      if (!(dueNs <= endNs)) break;
      // What is due is done within the step: a due time that stays would stand still for ever.
      this.#time.advanceTo(Math.max(dueNs, this.#time.nowNs()));
      this.#advanceTasks();
      this.#settle();
    }
    this.#time.advanceTo(endNs);
    this.#advanceTasks();
    this.#settle();
  }

  restart(): void {
    this.#running = this.#running.map(({ task, sub, changelog }) => {
      const fresh = sub.createTask(this.#place(task.partition));
      for (const [name, entries] of changelog) {
        for (const [key, value] of entries.values()) fresh.stores.get(name)!.restore(key, value);
      }
      return { task: fresh, sub, changelog };
    });
    this.#advanceTasks();
    this.#settle();
  }

  #place(partition: number): TaskPlace {
    return { partition, partitionCounts: this.#counts, openStore: codec => openMemoryStore(codec) };
  }

  #advanceTasks(): void {
    for (const running of this.#running) {
      const outputs: OutgoingRecord[] = [];
      running.task.advance(this.nowMs, { outputs });
      this.#commit(running, outputs);
    }
  }

  /** Until no record is on its way any more. */
  #settle(): void {
    for (let record = this.#queue.shift(); record !== undefined; record = this.#queue.shift()) {
      const { topic, partition, ...body } = record;
      const place = `${topic}/${partition}`;
      const offset = this.#offsets.get(place) ?? 0;
      this.#offsets.set(place, offset + 1);
      const readers = this.#running.filter(
        ({ task, sub }) => task.partition === partition && sub.sources.includes(topic),
      );
      for (const running of readers) {
        const outputs: OutgoingRecord[] = [];
        running.task.process(topic, { ...body, offset }, { outputs });
        this.#commit(running, outputs);
      }
    }
  }

  /** Outputs and changes together, as a transaction would. */
  #commit({ task, changelog }: Running, outputs: OutgoingRecord[]): void {
    task.beforeCommit?.({ outputs });
    for (const record of outputs) {
      this.#queue.push(record);
      const isOwn = !this.#topology.topics.includes(record.topic);
      if (isOwn && record.topic !== this.#topology.deadLetterTopic) continue;
      const written = this.#written.get(record.topic) ?? [];
      written.push(record);
      this.#written.set(record.topic, written);
    }
    for (const [name, store] of task.stores) {
      const entries = changelog.get(name) ?? new Map<string, readonly [Uint8Array, Uint8Array]>();
      changelog.set(name, entries);
      store.drainChanges((key, value) => {
        const hex = Buffer.from(key).toString('hex');
        if (value === null) entries.delete(hex);
        else entries.set(hex, [key.slice(), value.slice()]);
      });
    }
  }
}
