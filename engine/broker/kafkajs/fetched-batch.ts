/** The records of a batch as kafkajs hands it on. */

import type { Batch } from 'kafkajs';
import type { IncomingRecord, PartitionBatch, RecordHeader } from '../record.ts';

/** From an offset on: a fetch gives whole batches. */
export function batchOf(batch: Batch, fromOffset: number): PartitionBatch {
  const { topic, partition, messages, highWatermark } = batch;
  const records: IncomingRecord[] = [];
  for (const { offset, key, value, headers, timestamp } of messages) {
    if (Number(offset) < fromOffset) continue;
    const rest = { headers: headersOf(headers), timestampMs: Number(timestamp) };
    records.push({ offset: Number(offset), key, value, ...rest });
  }
  // Behind control records, too.
  const nextOffset = Number(batch.lastOffset()) + 1;
  return { topic, partition, records, nextOffset, endOffset: Number(highWatermark) };
}

function headersOf(headers: Batch['messages'][number]['headers']): RecordHeader[] {
  return Object.entries(headers ?? {}).flatMap(([name, value]) => {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    // Before a header's first value the client puts what an object has by its name: `constructor`.
    const own = values.filter(each => each == null || Buffer.isBuffer(each));
    return own.map((each): RecordHeader => [name, Buffer.from((each as Buffer | null) ?? '')]);
  });
}
