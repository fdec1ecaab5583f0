/** Reads the records of a topic: decoded, their time taken, or dead letters. */

import type { IncomingRecord } from '../broker/record.ts';
import { OutriderError } from '../error.ts';
import { keyless } from './codecs.ts';
import { type SourceTime, sourceTime } from './event-time.ts';
import type { GraphNode } from './graph.ts';
import type { Receiver } from './running-node.ts';
import type { Codec } from './task.ts';
import type { Topic } from './topic.ts';

export type SourceReader = {
  readonly time: SourceTime;
  /** Hands a record to all that read the topic; gives its event time, -1 where it has none. */
  read(record: IncomingRecord, nowMs: number): number;
};

type Reading = { readonly node: GraphNode; readonly receive: Receiver };

/** `refuse` makes a record that cannot be read a dead letter. */
export function openReader(
  readings: readonly Reading[],
  isInternal: boolean,
  refuse: (error: unknown) => void,
): SourceReader {
  const { reads } = readings[0]!.node;
  const time = sourceTime(reads!, isInternal);
  const readers = readings.map(({ node, receive }) => {
    return { read: recordReader(node.reads!, node.takesTombstones, refuse), receive };
  });
  const one = readers.length === 1 ? readers[0]! : undefined;
  return {
    time,
    read(record, nowMs) {
      if (one !== undefined) return one.read(record, nowMs, one.receive);
      let latestMs = -1;
      for (const { read, receive } of readers) {
        latestMs = Math.max(latestMs, read(record, nowMs, receive));
      }
      return latestMs;
    },
  };
}

/** Decodes before anything is handed on, so that a record is taken whole or not at all. */
function recordReader(
  topic: Topic<unknown, unknown>,
  takesTombstones: boolean,
  refuse: (error: unknown) => void,
) {
  const { key: keyCodec, value: valueCodec, checkHeaders, aheadMaxMs } = topic;
  const isKeyless = (keyCodec as unknown) === keyless;
  const takeTime = topic.timeMs;
  return (record: IncomingRecord, nowMs: number, receive: Receiver): number => {
    let key: unknown = null;
    let value: unknown;
    let timeMs: number;
    try {
      if (checkHeaders !== undefined) checkHeaders(record.headers);
      if (record.key !== null) key = decode(keyCodec, record.key);
      else if (!isKeyless) throw bad(topic, 'has no key');
      if (record.value !== null) value = decode(valueCodec, record.value);
      else if (!takesTombstones) throw bad(topic, 'has no value: a stream takes no tombstones');
      timeMs = record.timestampMs;
      if (takeTime !== undefined && value !== undefined) timeMs = takeTime(value, timeMs, key);
      if (!(timeMs >= 0 && Number.isSafeInteger(timeMs))) {
        throw bad(topic, `has time ${timeMs}: give whole milliseconds since 1970`);
      }
      if (timeMs - nowMs > aheadMaxMs) {
        throw bad(
          topic,
          `is ${timeMs - nowMs} ms ahead of the clock, at most ${aheadMaxMs} may be`,
        );
      }
    } catch (error) {
      refuse(error);
      return -1;
    }
    receive(key, value, timeMs);
    return timeMs;
  };
}

/** Whatever a codec throws, the record cannot be read: one must not stop all behind it. */
function decode(codec: Codec<unknown>, bytes: Uint8Array): unknown {
  try {
    return codec.decode(bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OutriderError('bad-data', `${codec.name}: ${reason}`, { cause });
  }
}

const bad = (topic: Topic<unknown, unknown>, problem: string) =>
  new OutriderError('bad-data', `record of ${topic.name} ${problem}`);
