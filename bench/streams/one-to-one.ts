/** A topology that keeps nothing: each record's value with one byte changed. */

import { bytes, type Topology, topic, topologyBuilder } from '#engine/streams';

export function oneToOne(name: string, input: string, output: string): Topology {
  const topicOf = (topicName: string) =>
    topic({ name: topicName, key: bytes, value: bytes, partitioner: 'murmur2' });
  const builder = topologyBuilder({ name });
  builder
    .stream(topicOf(input))
    .mapValues(value => changed(value), bytes)
    .to(topicOf(output));
  return builder.build();
}

/** The last byte becomes the sum of the two before it. */
export function changed(value: Uint8Array): Buffer {
  const other = Buffer.from(value);
  const { length } = other;
  other[length - 1] = other[length - 2]! + other[length - 3]!;
  return other;
}
