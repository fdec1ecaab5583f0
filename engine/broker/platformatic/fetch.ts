/** The request Fetch, version 15: its answer's records are decoded without a copy of each. */

import { type Connection, type Reader, Writer } from '@platformatic/kafka';
import type { AbortedTransaction } from '../batch/decode-batches.ts';
import type { Isolation } from '../reader.ts';
import { type Node, unreachable } from './links.ts';

export type FetchPartition = {
  readonly topicId: string;
  readonly partition: number;
  readonly offset: number;
};

export type FetchRequest = {
  readonly isolation: Isolation;
  readonly bytesMax: number;
  /** How long the broker waits for a first byte. */
  readonly waitMs: number;
  readonly partitions: readonly FetchPartition[];
};

export type FetchedPartition = {
  readonly topicId: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly stableOffset: number;
  readonly firstOffset: number;
  readonly aborted: readonly AbortedTransaction[];
  /** Batches as they stand in the log. */
  readonly bytes: Buffer;
};

export type Fetched = {
  readonly errorCode: number;
  readonly partitions: readonly FetchedPartition[];
};

const FETCH = { key: 1, version: 15 } as const;
const FIRST_BYTE = 1;
/** Every request names all partitions: no session of fetches, nothing to keep in step. */
const NO_SESSION = { id: 0, epoch: -1 } as const;
const UNKNOWN = -1;
const EMPTY = Buffer.alloc(0);

export function fetch(connection: Connection, node: Node, request: FetchRequest): Promise<Fetched> {
  return new Promise((resolve, reject) => {
    const { key, version } = FETCH;
    const answered = (error: Error | null, answer?: Fetched) => {
      if (error) reject(unreachable(node, error));
      else resolve(answer!);
    };
    const payload = requestOf(request);
    connection.send(key, version, () => payload, parseAnswer, true, true, answered);
  });
}

function requestOf({ isolation, bytesMax, waitMs, partitions }: FetchRequest): Writer {
  const topics = new Map<string, FetchPartition[]>();
  for (const each of partitions) {
    const its = topics.get(each.topicId);
    if (its === undefined) topics.set(each.topicId, [each]);
    else its.push(each);
  }
  return Writer.create()
    .appendInt32(waitMs)
    .appendInt32(FIRST_BYTE)
    .appendInt32(bytesMax)
    .appendInt8(isolation === 'read-committed' ? 1 : 0)
    .appendInt32(NO_SESSION.id)
    .appendInt32(NO_SESSION.epoch)
    .appendArray([...topics], (topicWriter, [topicId, its]) => {
      topicWriter.appendUUID(topicId).appendArray(its, (writer, { partition, offset }) => {
        writer
          .appendInt32(partition)
          .appendInt32(UNKNOWN)
          .appendInt64(BigInt(offset))
          .appendInt32(UNKNOWN)
          .appendInt64(BigInt(UNKNOWN))
          .appendInt32(bytesMax);
      });
    })
    .appendArray([], () => {})
    .appendString('')
    .appendTaggedFields();
}

/** The client gives the reader behind three numbers that are known already. */
function parseAnswer(...given: [number, number, number, Reader]): Fetched {
  return answerOf(given[3]);
}

function answerOf(given: Reader): Fetched {
  // One stretch of bytes: what comes in pieces would be searched for every field.
  const bytes = given.buffer.buffer;
  given.reset(bytes);
  given.skip(4);
  const errorCode = given.readInt16();
  given.skip(4);
  const partitions: FetchedPartition[] = [];
  for (let topics = given.readUnsignedVarInt() - 1; topics > 0; topics--) {
    const topicId = given.readUUID();
    for (let count = given.readUnsignedVarInt() - 1; count > 0; count--) {
      partitions.push(partitionOf(given, bytes, topicId));
    }
    given.readTaggedFields();
  }
  return { errorCode, partitions };
}

function partitionOf(reader: Reader, bytes: Buffer, topicId: string): FetchedPartition {
  const partition = reader.readInt32();
  const errorCode = reader.readInt16();
  const highWatermark = Number(reader.readInt64());
  const stableOffset = Number(reader.readInt64());
  const firstOffset = Number(reader.readInt64());
  const aborted: AbortedTransaction[] = [];
  for (let count = reader.readUnsignedVarInt() - 1; count > 0; count--) {
    const producerId = Number(reader.readInt64());
    aborted.push({ producerId, firstOffset: Number(reader.readInt64()) });
    reader.readTaggedFields();
  }
  reader.skip(4);
  const length = Math.max(0, reader.readUnsignedVarInt() - 1);
  const from = reader.position;
  reader.skip(length);
  reader.readTaggedFields();
  aborted.sort((one, other) => one.firstOffset - other.firstOffset);
  return {
    ...{ topicId, partition, errorCode, highWatermark, stableOffset, firstOffset, aborted },
    bytes: length === 0 ? EMPTY : bytes.subarray(from, from + length),
  };
}
