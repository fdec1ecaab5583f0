/** The compacted topic that says which schema each topic has, checked before a program begins. */

import { BROKERS_DEFAULT, type Broker } from '../broker/port.ts';
import type { Producer } from '../broker/producer.ts';
import type { IncomingRecord, OutgoingRecord } from '../broker/record.ts';
import { nowMs, waitMs } from '../broker/wait.ts';
import { OutriderError } from '../error.ts';
import type { Random } from '../random.ts';
import { incompatibility } from './evolution.ts';
import type { Schema, SchemaDescription } from './schema.ts';

export const SCHEMA_TOPIC = 'outrider-schemas';

export type TopicSchema = { readonly topic: string; readonly schema: Schema<unknown> };

export type SchemaCheck = {
  readonly broker: Broker;
  readonly topics: readonly TopicSchema[];
  /** Seeded apart in each process: those that fence each other wait for different times. */
  readonly random: Random;
  /** Copies of the schema topic's partition, where it has to be made. Default: the brokers' own. */
  readonly replicas?: number;
  /** Default SCHEMA_TOPIC. */
  readonly schemaTopic?: string;
};

/** Records of the schema topic; each is a topic's. */
const RECORDS_MAX = 10_000;
const RECORD_BYTES_MAX = 256 * 1024;
const READ_MS = 30_000;
const SEEN_WAIT_MS = 5;
/** Programs that start at once fence each other: each wait may be twice as long as the last. */
const TRIES_MAX = 12;
const WAIT_FIRST_MS = 20;
const WAIT_LAST_MS = 2_000;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Compares the schemas of topics with what is known of them and makes known what is new, so that
 * programs that do not fit each other fail at their start and not at a record. Throws `bad-config`
 * naming topic, version and line of what differs.
 *
 * Why a topic and not the newest record of each: a topic that is empty, or whose newest record is
 * of an older version, would say nothing; and of two programs that start at once with different
 * next versions both would pass. Here the second is refused, for reading and writing are one
 * transaction, and of two the older is fenced and begins again.
 */
export async function checkSchemas(check: SchemaCheck): Promise<void> {
  const { broker, schemaTopic = SCHEMA_TOPIC, replicas = BROKERS_DEFAULT } = check;
  const config = { 'cleanup.policy': 'compact' };
  await broker.admin.createTopics([{ topic: schemaTopic, partitions: 1, replicas, config }]);
  for (let tries = 1; ; tries++) {
    try {
      // Most starts find nothing new: they fence nobody.
      if (await isKnown(check, schemaTopic)) return;
      await register(check, schemaTopic);
      return await untilKnown(check, schemaTopic);
    } catch (error) {
      const isFenced = error instanceof OutriderError && error.code === 'fenced';
      if (!isFenced || tries === TRIES_MAX) throw error;
      await waitMs(check.random.nextFloat() * Math.min(WAIT_LAST_MS, WAIT_FIRST_MS * 2 ** tries));
    }
  }
}

async function isKnown({ broker, topics }: SchemaCheck, schemaTopic: string): Promise<boolean> {
  const known = await readSchemas(broker, schemaTopic);
  return newRecords(topics, known, schemaTopic).length === 0;
}

/** A commit is answered a little before those who read committed records see it. */
async function untilKnown(check: SchemaCheck, schemaTopic: string): Promise<void> {
  const deadlineMs = nowMs() + READ_MS;
  while (!(await isKnown(check, schemaTopic))) {
    if (nowMs() > deadlineMs) {
      const text = `topic ${schemaTopic} does not show what was committed ${READ_MS} ms ago`;
      throw new OutriderError('network', `${text}; are its brokers well?`);
    }
    await waitMs(SEEN_WAIT_MS);
  }
}

async function register({ broker, topics }: SchemaCheck, schemaTopic: string): Promise<void> {
  if (!broker.capabilities.transactions) {
    const known = await readSchemas(broker, schemaTopic);
    const producer = await broker.producer({});
    await closing(producer, () => producer.send(newRecords(topics, known, schemaTopic)));
    return;
  }
  const producer = await broker.producer({ transactionalId: schemaTopic });
  await closing(producer, async () => {
    const transaction = await producer.begin();
    try {
      const known = await readSchemas(broker, schemaTopic);
      await transaction.send(newRecords(topics, known, schemaTopic));
      await transaction.commit();
    } catch (error) {
      await transaction.abort().catch(() => {});
      throw error;
    }
  });
}

async function closing(producer: Producer, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } finally {
    await producer.close().catch(() => {});
  }
}

/** What has to be written; throws for what does not fit what is known. */
function newRecords(
  topics: readonly TopicSchema[],
  known: ReadonlyMap<string, SchemaDescription>,
  schemaTopic: string,
): OutgoingRecord[] {
  return topics.flatMap(({ topic, schema }) => {
    const { description } = schema;
    const there = known.get(topic);
    if (there !== undefined) {
      const problem = incompatibility(description, there);
      if (problem !== undefined) throw mismatch({ topic, name: description.name, problem });
      if (there.versions.length >= description.versions.length) return [];
    }
    const value = encoder.encode(JSON.stringify(description));
    if (value.length > RECORD_BYTES_MAX) {
      const text = `schema ${description.name} has ${value.length} bytes as text; drop fields`;
      throw new OutriderError('limit', `${text}, at most ${RECORD_BYTES_MAX} may be`);
    }
    const key = encoder.encode(topic);
    return [{ topic: schemaTopic, partition: 0, key, value, headers: [], timestampMs: 0 }];
  });
}

function mismatch(of: { topic: string; name: string; problem: string }): OutriderError {
  const remedy =
    'a version that was written never changes: append fields in a new version, or name a new topic';
  return new OutriderError(
    'bad-config',
    `topic ${of.topic}: schema ${of.name} ${of.problem}; ${remedy}`,
  );
}

/** What is known, by topic. Throws `network` where the end is not reached in READ_MS. */
export async function readSchemas(
  broker: Broker,
  schemaTopic: string = SCHEMA_TOPIC,
): Promise<Map<string, SchemaDescription>> {
  const place = { topic: schemaTopic, partition: 0 };
  const known = new Map<string, SchemaDescription>();
  const [bounds] = await broker.admin.bounds([place], 'read-committed');
  if (bounds === undefined || bounds.first >= bounds.end) return known;
  const deadlineMs = nowMs() + READ_MS;
  const from = [{ ...place, offset: bounds.first }];
  const reader = await broker.reader({ isolation: 'read-committed', from });
  try {
    for (let next = bounds.first; next < bounds.end; ) {
      if (nowMs() > deadlineMs) {
        const text = `topic ${schemaTopic} was read to ${next} of ${bounds.end} in ${READ_MS} ms`;
        throw new OutriderError('network', `${text}; are its brokers well?`);
      }
      for (const batch of await reader.poll()) {
        for (const record of batch.records) take(known, record);
        next = batch.nextOffset;
      }
    }
  } finally {
    await reader.close();
  }
  return known;
}

function take(known: Map<string, SchemaDescription>, record: IncomingRecord): void {
  const { key, value, offset } = record;
  if (key === null || key.length > RECORD_BYTES_MAX) throw unreadable(offset, 'has no topic');
  const topic = decoder.decode(key);
  if (value === null) known.delete(topic);
  else if (value.length > RECORD_BYTES_MAX) throw unreadable(offset, 'is too long');
  else known.set(topic, readDescription(value, offset));
  if (known.size > RECORDS_MAX) throw unreadable(offset, `is one of more than ${RECORDS_MAX}`);
}

function readDescription(value: Uint8Array, offset: number): SchemaDescription {
  try {
    const read = JSON.parse(decoder.decode(value)) as SchemaDescription;
    const { name, form, versions } = read;
    const isWhole =
      typeof name === 'string' &&
      (form === 'fields' || form === 'fixed') &&
      Array.isArray(versions) &&
      versions.every(
        lines => Array.isArray(lines) && lines.every(line => typeof line === 'string'),
      );
    if (isWhole) return { name, form, versions };
  } catch (cause) {
    throw unreadable(offset, `is no JSON (${(cause as Error).message})`);
  }
  throw unreadable(offset, 'is no schema');
}

const unreadable = (offset: number, problem: string) =>
  new OutriderError(
    'bad-data',
    `record ${offset} of the schema topic ${problem}; another program wrote it: delete its key`,
  );
