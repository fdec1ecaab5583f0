/** The topic `instruments`: publishers of ticks say what they publish, edges read it at a start. */
import { OutriderError, seededRandom } from '#engine';
import type { Broker, PartitionBatch } from '#engine/broker';
import { checkSchemas, ofSchema } from '#engine/schema';
import {
  decodeInstrument,
  encodeInstrument,
  type Instrument,
  type InstrumentRecord,
  instrumentSchema,
} from '#market';
import { topicName } from './topics.ts';

/** What all edges of a group have in common. */
export type InstrumentTable = {
  /** By symbol, so that each edge of a group has the same table. */
  readonly instruments: Instrument[];
  /** UTC midnight that times of ticks count from. */
  readonly originNs: bigint;
};

type Place = { readonly broker: Broker; readonly prefix: string };

const POLLS_MAX = 60;

/** Resolves once the brokers have them. Throws `bad-config` where the topic is missing. */
export async function publishInstruments(
  { broker, prefix }: Place,
  { instruments, originNs }: { instruments: readonly Instrument[]; originNs: bigint },
): Promise<void> {
  const topic = await checkedTopic({ broker, prefix });
  const { headers } = ofSchema(instrumentSchema);
  const producer = await broker.producer({});
  try {
    await producer.send(
      instruments.map(instrument => ({
        ...{ topic, partition: 0, headers, timestampMs: Date.now() },
        key: Buffer.from(instrument.symbol),
        value: encodeInstrument({ instrument, originNs }),
      })),
    );
  } finally {
    await producer.close();
  }
}

/** Throws `bad-config` where the topic is missing or empty, `bad-data` for a row that is none. */
export async function readInstrumentTable(place: Place): Promise<InstrumentTable> {
  const topic = await checkedTopic(place);
  const rows = new Map<string, InstrumentRecord>();
  for (const { records } of await readAll(place.broker, topic)) {
    for (const { key, value, headers } of records) {
      const symbol = key === null ? '' : Buffer.from(key).toString();
      rows.delete(symbol);
      if (value === null) continue;
      ofSchema(instrumentSchema).checkHeaders(headers);
      rows.set(symbol, decodeInstrument(value));
    }
  }
  const latest = [...rows.values()].at(-1);
  if (latest === undefined) {
    const remedy = 'begin a publisher of ticks first, such as outrider ingest';
    throw new OutriderError('bad-config', `topic ${topic}: names no instrument; ${remedy}`);
  }
  const instruments = [...rows.values()].map(({ instrument }) => instrument);
  instruments.sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  return { instruments, originNs: latest.originNs };
}

async function checkedTopic({ broker, prefix }: Place): Promise<string> {
  const topic = topicName(prefix, 'instruments');
  if (!(await broker.admin.partitionCounts([topic])).has(topic)) {
    throw new OutriderError('bad-config', `topic ${topic}: missing; run outrider topics create`);
  }
  await checkSchemas({
    ...{ broker, topics: [{ topic, schema: instrumentSchema }] },
    random: seededRandom(`${process.pid} ${Date.now()}`),
  });
  return topic;
}

/** What its one partition holds, the oldest first. */
async function readAll(broker: Broker, topic: string): Promise<readonly PartitionBatch[]> {
  const place = { topic, partition: 0 };
  const [bounds] = await broker.admin.bounds([place], 'read-committed');
  if (bounds === undefined || bounds.first >= bounds.end) return [];
  const from = [{ ...place, offset: bounds.first }];
  const reader = await broker.reader({ isolation: 'read-committed', from });
  const found: PartitionBatch[] = [];
  try {
    for (let poll = 0; poll < POLLS_MAX; poll++) {
      found.push(...(await reader.poll()));
      if ((found.at(-1)?.nextOffset ?? 0) >= bounds.end) return found;
    }
    const text = `topic ${topic} could not be read to ${bounds.end}; are its brokers well?`;
    throw new OutriderError('network', text);
  } finally {
    await reader.close();
  }
}
