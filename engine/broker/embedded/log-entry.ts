/** What stands in the one log of an embedded broker: topics, and records with offsets of groups. */

import { ByteReader, ByteWriter } from '../../bytes.ts';
import { OutriderError } from '../../error.ts';
import { RECORD_BYTES_CEILING } from '../../log/segment.ts';

export type StoredBatch = {
  /** Of the topic: one made anew under a name has another number. */
  readonly topicNumber: number;
  readonly partition: number;
  /** In Kafka's format, its first offset set. */
  readonly bytes: Buffer;
};

export type StoredOffset = {
  readonly groupId: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly metadata: string;
};

/** Where a partition stands when the log is begun anew by a sweep. */
export type StoredBounds = {
  readonly first: number;
  readonly next: number;
  /** End of the partition at the last sweep: tombstones before it have been seen by one. */
  readonly sweptEnd: number;
};

export type LogEntry =
  /** All of it or, where the process dies while it is written, nothing: a transaction. */
  | {
      readonly type: 'records';
      readonly batches: readonly StoredBatch[];
      readonly offsets: readonly StoredOffset[];
    }
  | {
      readonly type: 'topic';
      readonly topicNumber: number;
      readonly topic: string;
      readonly config: Readonly<Record<string, string>>;
      readonly bounds: readonly StoredBounds[];
      /** Of the last sweep, milliseconds since 1970; 0 before the first. */
      readonly sweptAtMs: number;
    }
  | { readonly type: 'deleted'; readonly topicNumber: number };

const TYPES = { records: 1, topic: 2, deleted: 3 } as const;
const NAME_BYTES_MAX = 4096;
const CONFIG_MAX = 256;
const PARTITIONS_MAX = 100_000;

const writer = new ByteWriter({ bytesMax: RECORD_BYTES_CEILING, bytesInitial: 64 * 1024 });
const reader = new ByteReader();

/** A copy. Throws `limit` where it is longer than a record of a log may be. */
export function encodeEntry(entry: LogEntry): Buffer {
  writer.reset();
  writer.u8('type', TYPES[entry.type]);
  switch (entry.type) {
    case 'records':
      writer.varint('batches', entry.batches.length);
      for (const { topicNumber, partition, bytes } of entry.batches) {
        writer.varint('topic', topicNumber);
        writer.varint('partition', partition);
        writer.bytes('batch', bytes, RECORD_BYTES_CEILING);
      }
      writer.varint('offsets', entry.offsets.length);
      for (const { groupId, topic, partition, offset, metadata } of entry.offsets) {
        writer.text('group', groupId, NAME_BYTES_MAX);
        writer.text('topic', topic, NAME_BYTES_MAX);
        writer.varint('partition', partition);
        writer.varint('offset', offset);
        writer.text('metadata', metadata, NAME_BYTES_MAX);
      }
      break;
    case 'topic':
      writer.varint('topic', entry.topicNumber);
      writer.text('name', entry.topic, NAME_BYTES_MAX);
      writer.varint('settings', Object.keys(entry.config).length);
      for (const [name, value] of Object.entries(entry.config)) {
        writer.text('setting', name, NAME_BYTES_MAX);
        writer.text('value', value, NAME_BYTES_MAX);
      }
      writer.varint('partitions', entry.bounds.length);
      for (const { first, next, sweptEnd } of entry.bounds) {
        writer.varint('first', first);
        writer.varint('next', next);
        writer.varint('swept', sweptEnd);
      }
      writer.varint('swept at', entry.sweptAtMs);
      break;
    case 'deleted':
      writer.varint('topic', entry.topicNumber);
  }
  return Buffer.from(writer.written());
}

/** Batches are views of `payload`. Throws `bad-frame` or `bad-log`. */
export function decodeEntry(payload: Uint8Array): LogEntry {
  reader.reset(payload);
  const type = reader.u8('type');
  switch (type) {
    case TYPES.records: {
      const batches = many('batches', payload.length, readBatch);
      return { type: 'records', batches, offsets: many('offsets', payload.length, readOffset) };
    }
    case TYPES.topic: {
      const topicNumber = reader.varint('topic');
      const topic = reader.text('name', NAME_BYTES_MAX);
      const settings = many('settings', CONFIG_MAX, readSetting);
      const bounds = many('partitions', PARTITIONS_MAX, readBounds);
      const sweptAtMs = reader.varint('swept at');
      const config = Object.fromEntries(settings);
      return { type: 'topic', topicNumber, topic, config, bounds, sweptAtMs };
    }
    case TYPES.deleted:
      return { type: 'deleted', topicNumber: reader.varint('topic') };
  }
  throw new OutriderError('bad-log', `an entry of type ${type}: written by another version`);
}

function many<Item>(field: string, countMax: number, read: () => Item): Item[] {
  const count = reader.varint(field);
  if (count > countMax) throw new OutriderError('bad-log', `${field}: ${count} of them`);
  return Array.from({ length: count }, read);
}

function readBatch(): StoredBatch {
  const topicNumber = reader.varint('topic');
  const partition = reader.varint('partition');
  const { buffer, byteOffset, length } = reader.bytes('batch', RECORD_BYTES_CEILING);
  return { topicNumber, partition, bytes: Buffer.from(buffer, byteOffset, length) };
}

function readOffset(): StoredOffset {
  return {
    groupId: reader.text('group', NAME_BYTES_MAX),
    topic: reader.text('topic', NAME_BYTES_MAX),
    partition: reader.varint('partition'),
    offset: reader.varint('offset'),
    metadata: reader.text('metadata', NAME_BYTES_MAX),
  };
}

function readSetting(): readonly [string, string] {
  return [reader.text('setting', NAME_BYTES_MAX), reader.text('value', NAME_BYTES_MAX)];
}

function readBounds(): StoredBounds {
  const first = reader.varint('first');
  return { first, next: reader.varint('next'), sweptEnd: reader.varint('swept') };
}
