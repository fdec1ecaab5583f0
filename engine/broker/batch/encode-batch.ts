/** Packs records of one partition into a batch, ready to be sent. */

import { crc32c } from '@platformatic/kafka';
import type { Compression } from '../producer.ts';
import type { RecordBody } from '../record.ts';
import { ATTRIBUTE, BATCH, BATCH_PREFIX_BYTES, MAGIC } from './batch-layout.ts';
import { writeI16, writeI32, writeI64 } from './big-endian.ts';
import { COMPRESSIONS, compress } from './compression.ts';
import { VARINT_BYTES_MAX, varintBytes, writeVarint } from './varint.ts';

/** Who sends: it makes a repeated batch known as such. */
export type BatchIdentity = {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly isTransactional: boolean;
};

/** A length or small delta takes no more than this many bytes as a varint. */
const LENGTH_BYTES = 5;
/** Lengths and deltas of a record without its headers' own. */
const RECORD_OVERHEAD_BYTES = 5 * LENGTH_BYTES + VARINT_BYTES_MAX + 1;
const HEADER_OVERHEAD_BYTES = 2 * LENGTH_BYTES;
/** UTF-8 of a UTF-16 unit. */
const NAME_BYTES_MAX = 3;
/** Below so many a loop is quicker than a call of `set`. */
const LOOP_BYTES_MAX = 24;

/** Bytes a record takes at most. */
export function recordBytesMax({ key, value, headers }: RecordBody): number {
  let bytes = RECORD_OVERHEAD_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
  if (headers.length === 0) return bytes;
  for (const [name, content] of headers) {
    bytes += HEADER_OVERHEAD_BYTES + name.length * NAME_BYTES_MAX + (content?.length ?? 0);
  }
  return bytes;
}

/** At least one record. */
export type BatchContent = {
  readonly records: readonly RecordBody[];
  /** The sum of theirs. */
  readonly bytesMax: number;
  /** Of the offsets; by default they have no holes. */
  readonly deltas?: readonly number[];
  readonly lastDelta?: number;
};

export function encodeBatch(
  { records, bytesMax, deltas, lastDelta = records.length - 1 }: BatchContent,
  identity: BatchIdentity,
  compression: Compression,
): Buffer {
  const bytes = Buffer.allocUnsafeSlow(BATCH.records + bytesMax);
  const firstTime = records[0]!.timestampMs;
  let lastTime = firstTime;
  let at: number = BATCH.records;
  for (let index = 0; index < records.length; index++) {
    const record = records[index]!;
    if (record.timestampMs > lastTime) lastTime = record.timestampMs;
    const delta = deltas === undefined ? index : deltas[index]!;
    at = writeRecord(bytes, at, { record, delta, timeDelta: record.timestampMs - firstTime });
  }
  let batch = bytes.subarray(0, at);
  let attributes = identity.isTransactional ? ATTRIBUTE.transactional : 0;
  if (compression !== 'none') {
    const packed = compress(compression, batch.subarray(BATCH.records));
    batch = Buffer.concat([batch.subarray(0, BATCH.records), packed]);
    attributes |= COMPRESSIONS.indexOf(compression);
  }
  writeI64(batch, BATCH.firstOffset, 0);
  writeI32(batch, BATCH.length, batch.length - BATCH_PREFIX_BYTES);
  writeI32(batch, BATCH.leaderEpoch, -1);
  batch[BATCH.magic] = MAGIC;
  writeI16(batch, BATCH.attributes, attributes);
  writeI32(batch, BATCH.lastDelta, lastDelta);
  writeI64(batch, BATCH.firstTime, firstTime);
  writeI64(batch, BATCH.lastTime, lastTime);
  writeI64(batch, BATCH.producerId, identity.producerId);
  writeI16(batch, BATCH.producerEpoch, identity.producerEpoch);
  writeI32(batch, BATCH.firstSequence, identity.firstSequence);
  writeI32(batch, BATCH.count, records.length);
  seal(batch);
  return batch;
}

/** For a batch that was refused because one before it was: it takes that one's place. */
export function setFirstSequence(batch: Buffer, firstSequence: number): void {
  writeI32(batch, BATCH.firstSequence, firstSequence);
  seal(batch);
}

function seal(batch: Buffer): void {
  writeI32(batch, BATCH.checksum, crc32c(batch.subarray(BATCH.attributes)));
}

function writeRecord(
  bytes: Buffer,
  start: number,
  { record, delta, timeDelta }: { record: RecordBody; delta: number; timeDelta: number },
): number {
  const { key, value, headers } = record;
  if (headers.length > 0) return writeWithHeaders(bytes, start, { record, delta, timeDelta });
  const fixed = 2 + varintBytes(timeDelta) + varintBytes(delta);
  let at = writeVarint(bytes, start, fixed + fieldBytes(key) + fieldBytes(value));
  bytes[at++] = 0;
  at = writeVarint(bytes, at, timeDelta);
  at = writeVarint(bytes, at, delta);
  at = writeBytes(bytes, at, key);
  at = writeBytes(bytes, at, value);
  bytes[at] = 0;
  return at + 1;
}

/** Of a key or value with its length. */
function fieldBytes(field: Uint8Array | null): number {
  return field === null ? 1 : varintBytes(field.length) + field.length;
}

function writeWithHeaders(
  bytes: Buffer,
  start: number,
  { record, delta, timeDelta }: { record: RecordBody; delta: number; timeDelta: number },
): number {
  // The record is written behind the longest length, then moved where its own length ends.
  let at = start + LENGTH_BYTES;
  bytes[at++] = 0;
  at = writeVarint(bytes, at, timeDelta);
  at = writeVarint(bytes, at, delta);
  at = writeBytes(bytes, at, record.key);
  at = writeBytes(bytes, at, record.value);
  at = writeVarint(bytes, at, record.headers.length);
  for (const [name, value] of record.headers) {
    const nameBytes = Buffer.byteLength(name);
    at = writeVarint(bytes, at, nameBytes);
    at += bytes.write(name, at);
    at = writeBytes(bytes, at, value);
  }
  const length = at - start - LENGTH_BYTES;
  const body = writeVarint(bytes, start, length);
  bytes.copyWithin(body, start + LENGTH_BYTES, at);
  return body + length;
}

function writeBytes(bytes: Uint8Array, start: number, value: Uint8Array | null): number {
  if (value === null) return writeVarint(bytes, start, -1);
  const { length } = value;
  const at = writeVarint(bytes, start, length);
  if (length > LOOP_BYTES_MAX) bytes.set(value, at);
  else for (let index = 0; index < length; index++) bytes[at + index] = value[index]!;
  return at + length;
}
