/** Ticks as records of the topic `ticks`: keyed by symbol, numbered on for each instrument. */
import { invariant, MILLISECOND_NS, OutriderError, seededRandom } from '#engine';
import { type Broker, type OutgoingRecord, partitionOfKey } from '#engine/broker';
import { checkSchemas, ofSchema } from '#engine/schema';
import { type Instrument, type Tick, tickSchema } from '#market';
import { publishInstruments } from './instrument-topic.ts';
import { topicName } from './topics.ts';

export type TickTopic = {
  readonly topic: string;
  readonly partitions: number;
  /** See `tickRecords`. */
  recordOf(tick: Tick): OutgoingRecord;
};

export type TickTopicOptions = {
  readonly broker: Broker;
  /** Of the topic's name. */
  readonly prefix: string;
  readonly originNs: bigint;
  readonly instruments: readonly Instrument[];
};

/** Throws `bad-config` where the topic is missing or its schema is another. */
export async function openTickTopic(options: TickTopicOptions): Promise<TickTopic> {
  const { broker, prefix, originNs, instruments } = options;
  const topic = topicName(prefix, 'ticks');
  const partitions = (await broker.admin.partitionCounts([topic])).get(topic);
  if (partitions === undefined) {
    throw new OutriderError('bad-config', `topic ${topic}: missing; run outrider topics create`);
  }
  await checkSchemas({
    ...{ broker, topics: [{ topic, schema: tickSchema(originNs) }] },
    random: seededRandom(`${process.pid} ${Date.now()}`),
  });
  await publishInstruments({ broker, prefix }, { instruments, originNs });
  const recordOf = tickRecords({ topic, partitions, originNs, instruments });
  return { topic, partitions, recordOf };
}

export type TickRecordOptions = {
  topic: string;
  /** Of the topic. */
  partitions: number;
  originNs: bigint;
  instruments: readonly Instrument[];
};

/** Each tick's record; a publisher that begins anew begins its numbers anew. */
export function tickRecords(options: TickRecordOptions): (tick: Tick) => OutgoingRecord {
  const { topic, partitions, originNs, instruments } = options;
  const { value: codec, headers } = ofSchema(tickSchema(originNs));
  const originMs = Number(originNs / BigInt(MILLISECOND_NS));
  const places = instruments.map(({ symbol }) => {
    const key = Buffer.from(symbol);
    return { key, partition: partitionOfKey(key, partitions, 'key-group') };
  });
  const sequences = instruments.map(() => 0);
  return tick => {
    const { instrument, exchangeTimeNs } = tick;
    const place = places[instrument];
    invariant(place !== undefined, `instrument ${instrument} of a tick is one of the feed's`);
    const sequence = ++sequences[instrument]!;
    const timestampMs = originMs + Math.floor(exchangeTimeNs / MILLISECOND_NS);
    return { topic, ...place, headers, timestampMs, value: codec.encode({ sequence, tick }) };
  };
}
