/** What a stream program has put out, as a reader of committed records sees it. */

import { OutriderError, SECOND_NS } from '#engine';
import type { Broker, IncomingRecord, PartitionReader } from '#engine/broker';
import { nowNs } from './now.ts';

export type Meter = {
  /** Reads until so many records have been seen since the meter was opened. */
  readTo(total: number): Promise<Seen>;
  close(): Promise<void>;
};

/** What came between two totals. */
export type Seen = {
  readonly lastNs: number;
  /** Of what all records say, in any order: equal work has equal sums. */
  readonly digest: number;
  /** From the time a record carries until it was read, of records that carry one. */
  readonly latenciesNs: readonly number[];
};

export type MeterOptions = {
  readonly broker: Broker;
  readonly topics: readonly string[];
  /** The one of them whose values begin with the time their input was sent. */
  readonly timed: string;
  readonly partitions: number;
};

const POLL_MS = 100;
const SILENCE_NS = 60 * SECOND_NS;

export async function openMeter(options: MeterOptions): Promise<Meter> {
  const { broker, topics, partitions } = options;
  const from = topics.flatMap(topic =>
    Array.from({ length: partitions }, (_, partition) => ({ topic, partition, offset: 0 })),
  );
  const isolation = 'read-committed';
  const reader = await broker.reader({ isolation, from, pollWaitMs: POLL_MS });
  let seen = 0;
  return {
    async readTo(total) {
      const read = await readRecords(reader, options.timed, total - seen);
      seen += read.count;
      if (seen === total) return read;
      throw new OutriderError('bad-data', `${seen} records came out where ${total} should have`);
    },
    close: () => reader.close(),
  };
}

async function readRecords(reader: PartitionReader, timed: string, wanted: number) {
  const latenciesNs: number[] = [];
  let [count, digest, lastNs] = [0, 0, nowNs()];
  while (count < wanted) {
    const batches = await reader.poll();
    const readNs = nowNs();
    for (const { topic, records } of batches) {
      if (records.length > 0) lastNs = readNs;
      count += records.length;
      for (const record of records) {
        digest = (digest + digestOf(record)) | 0;
        if (topic === timed) latenciesNs.push(readNs - sentNs(record));
      }
    }
    if (readNs - lastNs > SILENCE_NS) {
      const silence = `${SILENCE_NS / SECOND_NS} s`;
      const what = `${count} of ${wanted} records came out, then none for ${silence}`;
      throw new OutriderError('network', what);
    }
  }
  return { count, digest, lastNs, latenciesNs };
}

function sentNs({ value }: IncomingRecord): number {
  return new DataView(value!.buffer, value!.byteOffset).getFloat64(0);
}

const EDGE_BYTES = 8;
const FNV_START = 0x811c9dc5;

/** FNV-1a of key and of the first and last bytes of the value, which tell all apart. */
function digestOf({ key, value }: IncomingRecord): number {
  const first = value!.subarray(0, EDGE_BYTES);
  const last = value!.subarray(value!.length - EDGE_BYTES);
  const hash = [key!, first, last].reduce(fnv, FNV_START);
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
}

function fnv(start: number, bytes: Uint8Array): number {
  let hash = start;
  for (let at = 0; at < bytes.length; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return hash;
}
