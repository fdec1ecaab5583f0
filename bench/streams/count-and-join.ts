/** Counts per key in windows of a second, and a join with a table, as Kafka Streams does beside. */

import {
  bytes,
  integer,
  type Topology,
  text,
  topic,
  topologyBuilder,
  tumbling,
  windowed,
} from '#engine/streams';

export type CountAndJoinTopics = Readonly<Record<'input' | 'table' | 'counts' | 'joined', string>>;

const WINDOW_MS = 1_000;

/** Its topics are partitioned as Kafka's own clients do. */
export function countAndJoin(name: string, topics: CountAndJoinTopics): Topology {
  const partitioner = 'murmur2';
  const values = (topicName: string) =>
    topic({ name: topicName, key: text, value: bytes, partitioner });
  const counts = topic({ name: topics.counts, key: text, value: windowed(integer), partitioner });
  const builder = topologyBuilder({ name });
  const input = builder.stream(values(topics.input));
  input.groupByKey().windowedBy(tumbling(WINDOW_MS)).count().to(counts);
  input
    .joinTable(builder.table(values(topics.table)), (value, row) => joined(value, row))
    .withValues(bytes)
    .to(values(topics.joined));
  return builder.build();
}

function joined(value: Uint8Array, row: Uint8Array): Uint8Array {
  const both = Buffer.allocUnsafe(value.length + row.length);
  both.set(value);
  both.set(row, value.length);
  return both;
}
