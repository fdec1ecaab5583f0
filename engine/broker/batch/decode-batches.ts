/** Reads the batches of a fetch: aborted transactions, markers and holes are left out. */

import { crc32c } from '@platformatic/kafka';
import { OutriderError } from '../../error.ts';
import type { IncomingRecord, RecordHeader } from '../record.ts';
import { ATTRIBUTE, BATCH, BATCH_PREFIX_BYTES, MAGIC } from './batch-layout.ts';
import { readI16, readI32, readI64, readU32 } from './big-endian.ts';
import { COMPRESSIONS, decompress } from './compression.ts';
import { readVarint, type VarintCursor } from './varint.ts';

/** A transaction of this producer that was aborted, from `firstOffset` to its marker. */
export type AbortedTransaction = { readonly producerId: number; readonly firstOffset: number };

export type DecodeOptions = {
  /** Records before it are left out: a batch may begin earlier. */
  readonly fromOffset: number;
  /** In the order of their offsets; empty where uncommitted records are wanted too. */
  readonly aborted: readonly AbortedTransaction[];
};

export type DecodedBatches = {
  readonly records: IncomingRecord[];
  /** Behind the last whole batch; `fromOffset` where there is none. */
  readonly nextOffset: number;
};

const NO_HEADERS: readonly RecordHeader[] = [];
const ABORT = 0;

/**
 * Keys and values are views of `bytes`. A batch that is cut off at the end is left for the next
 * fetch. Throws `bad-data` or `limit` naming the offset at which the bad batch begins, unless good
 * ones stand before it: those are given first.
 */
export function decodeBatches(bytes: Buffer, options: DecodeOptions): DecodedBatches {
  const records: IncomingRecord[] = [];
  const open = abortedTransactions(options.aborted);
  let nextOffset = options.fromOffset;
  for (let at = 0; at + BATCH.records <= bytes.length; ) {
    const end = at + BATCH_PREFIX_BYTES + readU32(bytes, at + BATCH.length);
    if (end > bytes.length) break;
    const batch = bytes.subarray(at, end);
    const firstOffset = readI64(bytes, at + BATCH.firstOffset);
    const lastOffset = firstOffset + readI32(bytes, at + BATCH.lastDelta);
    try {
      requireWhole(batch);
      if (lastOffset >= options.fromOffset && !open.leavesOut(batch, lastOffset)) {
        decodeBatch(batch, { firstOffset, fromOffset: options.fromOffset, records });
      }
    } catch (cause) {
      if (nextOffset > options.fromOffset) break;
      throw badBatch(firstOffset, lastOffset, cause);
    }
    nextOffset = Math.max(nextOffset, lastOffset + 1);
    at = end;
  }
  return { records, nextOffset };
}

function badBatch(firstOffset: number, lastOffset: number, cause: unknown): OutriderError {
  if (!(cause instanceof OutriderError)) throw cause;
  const where = `batch of offsets ${firstOffset} to ${lastOffset}`;
  const remedy = `seek to ${lastOffset + 1} to leave it out`;
  return new OutriderError(cause.code, `${where}: ${cause.message}; ${remedy}`, { cause });
}

/** Follows the batches in order: which of them belong to a transaction that was aborted. */
function abortedTransactions(aborted: readonly AbortedTransaction[]) {
  const open = new Set<number>();
  let next = 0;
  return {
    leavesOut(batch: Buffer, lastOffset: number): boolean {
      while (next < aborted.length && aborted[next]!.firstOffset <= lastOffset) {
        open.add(aborted[next++]!.producerId);
      }
      const attributes = readI16(batch, BATCH.attributes);
      const producerId = readI64(batch, BATCH.producerId);
      if (attributes & ATTRIBUTE.control) {
        if (markerType(batch) === ABORT) open.delete(producerId);
        return true;
      }
      return (attributes & ATTRIBUTE.transactional) !== 0 && open.has(producerId);
    },
  };
}

/** Of a control batch, whose only record's key is a version and a type. */
function markerType(batch: Buffer): number {
  const cursor = { at: BATCH.records };
  readVarint(batch, cursor);
  cursor.at++;
  readVarint(batch, cursor);
  readVarint(batch, cursor);
  readVarint(batch, cursor);
  return readI16(batch, cursor.at + 2);
}

type Target = {
  readonly firstOffset: number;
  readonly fromOffset: number;
  readonly records: IncomingRecord[];
};

/** Before anything that it says of itself is believed. */
function requireWhole(batch: Buffer): void {
  if (batch.length < BATCH.records) {
    throw new OutriderError('bad-data', `${batch.length} bytes long, its head is ${BATCH.records}`);
  }
  if (batch[BATCH.magic] !== MAGIC) {
    throw new OutriderError('bad-data', `message format ${batch[BATCH.magic]}, not ${MAGIC}`);
  }
  const checksum = crc32c(batch.subarray(BATCH.attributes));
  if (checksum !== readU32(batch, BATCH.checksum)) {
    throw new OutriderError('bad-data', 'its checksum is another one: damaged on its way or disk');
  }
}

function decodeBatch(batch: Buffer, { firstOffset, fromOffset, records }: Target): void {
  const attributes = readI16(batch, BATCH.attributes);
  const compression = COMPRESSIONS[attributes & ATTRIBUTE.compression];
  if (compression === undefined) throw new OutriderError('bad-data', 'packed by an unknown codec');
  const packed = batch.subarray(BATCH.records);
  const bytes = compression === 'none' ? packed : decompress(compression, packed);
  const firstTime = readI64(batch, BATCH.firstTime);
  const brokerTime = attributes & ATTRIBUTE.brokerTime ? readI64(batch, BATCH.lastTime) : undefined;
  const count = readI32(batch, BATCH.count);
  const cursor: VarintCursor = { at: 0 };
  for (let index = 0; index < count; index++) {
    const length = readVarint(bytes, cursor);
    const end = cursor.at + length;
    if (length < 0 || end > bytes.length) {
      throw new OutriderError('bad-data', `record ${index} of ${count} is cut off`);
    }
    cursor.at++;
    const ownTime = firstTime + readVarint(bytes, cursor);
    const timestampMs = brokerTime ?? ownTime;
    const offset = firstOffset + readVarint(bytes, cursor);
    if (offset >= fromOffset) records.push(readRecord(bytes, cursor, { offset, timestampMs }));
    cursor.at = end;
  }
}

function readRecord(
  bytes: Buffer,
  cursor: VarintCursor,
  { offset, timestampMs }: { offset: number; timestampMs: number },
): IncomingRecord {
  const key = readBytes(bytes, cursor);
  const value = readBytes(bytes, cursor);
  const count = readVarint(bytes, cursor);
  if (count === 0) return { offset, key, value, headers: NO_HEADERS, timestampMs };
  const headers: RecordHeader[] = [];
  for (let index = 0; index < count; index++) {
    const name = readBytes(bytes, cursor);
    const content = readBytes(bytes, cursor);
    const text = name === null ? '' : Buffer.from(name.buffer, name.byteOffset, name.length);
    headers.push([text.toString(), content ?? new Uint8Array(0)]);
  }
  return { offset, key, value, headers, timestampMs };
}

function readBytes(bytes: Buffer, cursor: VarintCursor): Uint8Array | null {
  const length = readVarint(bytes, cursor);
  if (length < 0) return null;
  const from = cursor.at;
  if (from + length > bytes.length) throw new OutriderError('bad-data', 'a field is cut off');
  cursor.at = from + length;
  return new Uint8Array(bytes.buffer, bytes.byteOffset + from, length);
}
