/** What the suites of the contract share: a broker, topics of their own, records. */

import { randomUUID } from 'node:crypto';
import type { Broker } from '../port.ts';
import type { OutgoingRecord, RecordHeader } from '../record.ts';
import type { Opening } from './opening.ts';

/** What a suite is run against. */
export type Subject = {
  /** The broker of the suite. */
  broker(): Broker;
  /** Another client of the same topics, closed by the test. */
  another(): Promise<Broker>;
  /** Topics of an embedded broker have one copy. */
  readonly replicas: number;
  /** For a process of its own that is killed: how it opens its broker. */
  mortal(): Opening;
};

/** A test by what would be lost without it. */
export type Suite = Readonly<Record<string, (subject: Subject) => Promise<void>>>;

export async function makeTopic(
  { broker, replicas }: Subject,
  partitions = 1,
  config: Readonly<Record<string, string>> = {},
): Promise<string> {
  const topic = `topic-${randomUUID()}`;
  // The records' times are of 1970.
  const kept = { 'retention.ms': '-1', ...config };
  await broker().admin.createTopics([{ topic, partitions, replicas, config: kept }]);
  return topic;
}

export function groupName(): string {
  return `group-${randomUUID()}`;
}

type Given = {
  readonly partition?: number;
  readonly key?: string | null;
  readonly value?: string | Uint8Array | null;
  readonly headers?: readonly RecordHeader[];
  readonly timestampMs?: number;
};

export function record(topic: string, given: Given): OutgoingRecord {
  const { partition = 0, key = null, value = '', headers = [], timestampMs = 1000 } = given;
  return {
    ...{ topic, partition, headers, timestampMs },
    key: key === null ? null : Buffer.from(key),
    value: typeof value === 'string' ? Buffer.from(value) : value,
  };
}

export function textOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString();
}
