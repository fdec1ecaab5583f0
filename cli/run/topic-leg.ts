/** A run's ticks by way of the topic `ticks`: one end publishes them, the other reads them back. */
import { type Nanoseconds, OutriderError } from '#engine';
import type { OutgoingRecord, PartitionBatch, PartitionReader, Producer } from '#engine/broker';
import { ofSchema, type SchemaTopic } from '#engine/schema';
import { type Tick, type TopicTick, tickSchema } from '#market';
import { openTickTopic, type TickTopicOptions } from './tick-records.ts';

/** What comes back, in the order in which it was published. */
export type Delivered = {
  readonly ticks: Tick[];
  /** Of the batch that was published: when its latest tick was due. */
  readonly injectedNs: Nanoseconds;
};

export type TopicLeg = {
  /** Resolves once the brokers have them; waits where `LEAD_MAX` ticks have not come back yet. */
  publish(ticks: readonly Tick[], injectedNs: Nanoseconds): Promise<void>;
  /** What is there; an empty list after half a second without anything. */
  take(): Promise<readonly Delivered[]>;
  /** Published and not taken yet. */
  readonly underWay: number;
  close(): Promise<void>;
};

/** Ticks that are published and not read back yet. */
const LEAD_MAX = 16_384;

type Sent = { readonly partitions: number[]; readonly injectedNs: Nanoseconds };

type State = {
  readonly producer: Producer;
  readonly reader: PartitionReader;
  readonly schema: SchemaTopic<TopicTick>;
  readonly topic: string;
  /** Batches under way, in order: the partition of each of their ticks. */
  readonly sent: Sent[];
  /** Read and not delivered, by partition. */
  readonly arrived: { ticks: Tick[]; next: number }[];
  /** Of each instrument, the sequence of the tick that comes next. */
  readonly expected: number[];
  underWay: number;
  /** Those who wait for room, in order; called, each has it. */
  readonly waiting: (() => void)[];
  isClosed: boolean;
};

/**
 * The run published the ticks itself, so it knows their order over all partitions: none is guessed
 * from times. Throws `bad-config` where the topic is missing or its schema is another.
 */
export async function openTopicLeg(options: TickTopicOptions): Promise<TopicLeg> {
  const { broker, originNs, instruments } = options;
  const { topic, partitions, recordOf } = await openTickTopic(options);
  const all = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
  const bounds = await broker.admin.bounds(all, 'read-committed');
  const from = bounds.map(({ partition, end }) => ({ topic, partition, offset: end }));
  const state: State = {
    producer: await broker.producer({ lingerMs: 0 }),
    reader: await broker.reader({ isolation: 'read-committed', from }),
    schema: ofSchema(tickSchema(originNs)),
    ...{ topic, sent: [], underWay: 0, waiting: [], isClosed: false },
    arrived: all.map(() => ({ ticks: [], next: 0 })),
    expected: instruments.map(() => 1),
  };
  return {
    get underWay() {
      return state.underWay;
    },
    publish: (ticks, injectedNs) => publish(state, ticks.map(recordOf), injectedNs),
    take: async () => take(state, await state.reader.poll()),
    async close() {
      state.isClosed = true;
      admit(state);
      await Promise.all([state.producer.close(), state.reader.close()]);
    },
  };
}

async function publish(state: State, records: OutgoingRecord[], injectedNs: Nanoseconds) {
  await new Promise<void>(resolve => {
    state.waiting.push(() => {
      state.sent.push({ partitions: records.map(({ partition }) => partition), injectedNs });
      state.underWay += records.length;
      resolve();
    });
    admit(state);
  });
  if (!state.isClosed) await state.producer.send(records);
}

/** Whoever waits longest goes first: batches come back in the order of their publishing. */
function admit(state: State): void {
  while (state.waiting.length > 0 && (state.underWay < LEAD_MAX || state.isClosed)) {
    state.waiting.shift()!();
  }
}

/** Decodes what came, and hands out every batch that is whole by now. */
function take(state: State, batches: readonly PartitionBatch[]): Delivered[] {
  const { value: codec, checkHeaders } = state.schema;
  for (const { partition, records } of batches) {
    const { ticks } = state.arrived[partition]!;
    for (const { value, headers, offset } of records) {
      const place = `${state.topic}-${partition} at offset ${offset}`;
      if (value === null) throw new OutriderError('bad-data', `${place}: a tombstone is no tick`);
      checkHeaders(headers);
      const { tick, sequence } = codec.decode(value);
      if (state.expected[tick.instrument]! !== sequence) throw ofAnother(place, tick, sequence);
      state.expected[tick.instrument] = sequence + 1;
      ticks.push(tick);
    }
  }
  const delivered: Delivered[] = [];
  while (state.sent.length > 0 && isWhole(state, state.sent[0]!)) {
    const { partitions, injectedNs } = state.sent.shift()!;
    delivered.push({ ticks: partitions.map(partition => nextOf(state, partition)), injectedNs });
    state.underWay -= partitions.length;
  }
  for (const lane of state.arrived) {
    lane.ticks.splice(0, lane.next);
    lane.next = 0;
  }
  admit(state);
  return delivered;
}

function isWhole({ arrived }: State, { partitions }: Sent): boolean {
  const wanted = new Map<number, number>();
  for (const each of partitions) wanted.set(each, (wanted.get(each) ?? 0) + 1);
  for (const [partition, count] of wanted) {
    const { ticks, next } = arrived[partition]!;
    if (ticks.length - next < count) return false;
  }
  return true;
}

function nextOf({ arrived }: State, partition: number): Tick {
  const lane = arrived[partition]!;
  return lane.ticks[lane.next++]!;
}

function ofAnother(place: string, { instrument }: Tick, sequence: number): OutriderError {
  const what = `tick ${sequence} of instrument ${instrument} is not this run’s next`;
  const remedy = 'another program publishes there: give one of them another --topic-prefix';
  return new OutriderError('bad-data', `${place}: ${what}; ${remedy}`);
}
