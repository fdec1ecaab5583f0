/** Writes records to a topic: encoded, and in the partition of their key. */

import { partitionOfKey } from '../state/key-group.ts';
import {
  type Change,
  type NodeContext,
  type OpenNode,
  OUT,
  type Receiver,
} from './running-node.ts';
import type { Topic } from './topic.ts';
import { single } from './user-function.ts';

/** Hands on what a task has decoded. */
export const openSource: OpenNode = context => single(context.output(OUT));

export function openSink(topic: Topic<unknown, unknown>): OpenNode {
  return context => single(writer(context, topic));
}

/** A deletion becomes a tombstone. */
export function openTableSink(topic: Topic<unknown, unknown>): OpenNode {
  return context => {
    const write = writer(context, topic);
    return single((key, value, timeMs) => write(key, (value as Change<unknown>).after, timeMs));
  };
}

function writer(context: NodeContext, topic: Topic<unknown, unknown>): Receiver {
  const { name, key: keyCodec, value: valueCodec, headers, partitioner } = topic;
  const partitions = context.partitionsOf(name);
  return (key, value, timestampMs) => {
    let keyBytes: Uint8Array | null;
    let valueBytes: Uint8Array | null;
    try {
      keyBytes = key === null ? null : keyCodec.encode(key);
      valueBytes = value === undefined ? null : valueCodec.encode(value);
    } catch (error) {
      context.refuse(error, key);
      return;
    }
    const partition =
      keyBytes === null
        ? context.partition % partitions
        : partitionOfKey(keyBytes, partitions, partitioner);
    context.send({
      topic: name,
      partition,
      key: keyBytes,
      value: valueBytes,
      headers,
      timestampMs,
    });
  };
}
