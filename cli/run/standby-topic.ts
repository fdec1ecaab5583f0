/** A gateway's log on a topic of Kafka: read on from this node's copy, written, and fenced. */
import { MILLISECOND_NS, type Nanoseconds, OutriderError, wallClock } from '#engine';
import type { Broker, PartitionOffset, PartitionReader, Producer } from '#engine/broker';
import {
  createTopicNode,
  decodeTopicMessage,
  encodeTopicMessage,
  type OpenTopicWriter,
  type TopicNode,
  type TopicNodePorts,
  type TopicWriterEvents,
} from '#gateway';
import { openBroker } from './open-broker.ts';
import type { TopicTerms } from './pair-options.ts';

export type StandbyTopicOptions = Omit<TopicNodePorts, 'openWriter' | 'onAdrift'> & {
  terms: TopicTerms;
  /** Of the last record of this node's copy, Unix milliseconds; undefined while it has none. */
  lastMs: number | undefined;
  /** Whether this node follows, and is to be told what comes. */
  isWanted(): boolean;
  /** The topic cannot be read any more: the node is no standby. */
  onUnreadable(text: string): void;
};

export type StandbyTopic = Pick<TopicNode, 'ask' | 'lead'> & {
  /** The venues are closed: another need not wait. Waits for the brokers for a second at most. */
  close(): Promise<void>;
};

/**
 * What of this log never left is not older than its last record by more: a lease, and the
 * difference of two clocks.
 */
const SHARED_MS = 5 * 60_000;
const POLLS_A_LEASE = 8;
const END_MS = 1_000;

type State = {
  options: StandbyTopicOptions;
  broker: Broker;
  reader: PartitionReader;
  node: TopicNode;
  isAdrift: boolean;
  isClosed: boolean;
  /** Of the latest message; times never fall, or none would be found by its time. */
  lastMs: number;
};

/** Throws `bad-config` for a topic that is missing, cut otherwise, or has lost its beginning. */
export async function openStandbyTopic(options: StandbyTopicOptions): Promise<StandbyTopic> {
  const { terms, leaseNs } = options;
  const broker = await openBroker(terms.brokers, terms.security);
  try {
    const from = await beginning(broker, options);
    const pollWaitMs = Math.max(5, Math.floor(leaseNs / POLLS_A_LEASE / MILLISECOND_NS));
    const isolation = 'read-committed';
    const reader = await broker.reader({ isolation, pollWaitMs, from: [from] });
    const state = { options, broker, reader, isAdrift: false, isClosed: false } as State;
    state.lastMs = 0;
    const onAdrift = () => {
      state.isAdrift = true;
    };
    const ports = { ...options, onAdrift, openWriter: writersOf(state) };
    state.node = createTopicNode(ports, from.offset === 0);
    void readOn(state);
    return {
      ask: state.node.ask,
      lead: state.node.lead,
      async close() {
        await within(END_MS, resolve => state.node.end(resolve));
        state.isClosed = true;
        state.node.close();
        await broker.close();
      },
    };
  } catch (error) {
    await broker.close();
    throw error;
  }
}

const within = (ms: number, begin: (resolve: () => void) => void) =>
  new Promise<void>(resolve => {
    const timer = setTimeout(resolve, ms);
    begin(() => {
      clearTimeout(timer);
      resolve();
    });
  });

/** Where to begin to read. */
async function beginning(
  { admin }: Broker,
  { terms: { topic }, lastMs }: StandbyTopicOptions,
): Promise<PartitionOffset> {
  const count = (await admin.partitionCounts([topic])).get(topic);
  if (count === undefined) throw wrong(topic, 'missing; run outrider topics create');
  if (count !== 1) {
    throw wrong(topic, `${count} partitions; a log has one order: give a topic of one partition`);
  }
  const at = { topic, partition: 0 };
  const [bounds] = await admin.bounds([at], 'read-committed');
  const { first, end } = bounds!;
  if (first > 0) {
    const remedy = 'give a topic with retention.ms=-1 and cleanup.policy=delete';
    throw wrong(topic, `its first ${first} messages are gone; ${remedy}`);
  }
  if (lastMs === undefined) return { ...at, offset: 0 };
  if (end === 0) throw wrong(topic, 'empty, but this node has a log; give it a new --out DIR');
  const [found] = await admin.offsetsAt([at], lastMs - SHARED_MS);
  return { ...at, offset: found!.offset };
}

const wrong = (topic: string, text: string) =>
  new OutriderError('bad-config', `standby-topic: ${topic}: ${text}`);

/** A node that trades reads no more: what it would read is its own. */
async function readOn(state: State): Promise<void> {
  const { options, reader } = state;
  try {
    while (!state.isClosed && options.isWanted()) {
      const batches = await reader.poll();
      const records = batches.flatMap(batch => batch.records);
      state.lastMs = Math.max(state.lastMs, records.at(-1)?.timestampMs ?? 0);
      state.node.take(records.map(({ value }) => decodeTopicMessage(value ?? new Uint8Array())));
      if (!state.isAdrift) continue;
      state.isAdrift = false;
      reader.seek({ topic: options.terms.topic, partition: 0, offset: 0 });
      state.node.restart();
    }
  } catch (error) {
    if (state.isClosed) return;
    if (!(error instanceof OutriderError)) throw error;
    options.onUnreadable(`topic ${options.terms.topic}: ${error.message}`);
  }
}

/** Producers of one id for all nodes: of two the younger one writes. */
function writersOf(state: State): OpenTopicWriter {
  const { broker, options } = state;
  const { topic } = options.terms;
  return events => {
    broker.producer({ fencingId: `outrider-gateway.${topic}` }).then(
      producer => opened(state, producer, events),
      (error: unknown) => {
        if (!(error instanceof OutriderError)) throw error;
        events.onLost(error);
      },
    );
  };
}

function opened(state: State, producer: Producer, events: TopicWriterEvents): void {
  const { topic } = state.options.terms;
  const clock = wallClock(0n);
  let isLost = false;
  const lose = (error: unknown) => {
    if (!(error instanceof OutriderError)) throw error;
    if (isLost) return;
    isLost = true;
    void producer.close().catch(() => {});
    if (!state.isClosed) events.onLost(error);
  };
  events.onOpened({
    write(message, onDone) {
      if (isLost) return;
      state.lastMs = Math.max(state.lastMs, millisecondsOf(clock.nowNs()));
      const value = encodeTopicMessage(message);
      const body = { key: null, value, headers: [], timestampMs: state.lastMs };
      producer.send([{ topic, partition: 0, ...body }]).then(onDone, lose);
    },
    close() {
      isLost = true;
      void producer.close().catch(() => {});
    },
  });
}

const millisecondsOf = (timeNs: Nanoseconds) => Math.floor(timeNs / MILLISECOND_NS);
