/** Publishes an exchange's feed to the topic `ticks`, in order, as fast as the brokers take it. */
import { type ClockCheck, createClockCheck } from '#engine';
import type { Broker, OutgoingRecord, Producer } from '#engine/broker';
import { type LiveFeed, openLiveFeed, type Tick } from '#market';
import { type ExchangeSource, liveFeedOptions } from './exchange-feed.ts';
import { gapTicks } from './gap-ticks.ts';
import { openTickTopic } from './tick-records.ts';

export { openTickTopic };

export type IngestOptions = {
  source: ExchangeSource;
  broker: Broker;
  /** Of the topic's name. */
  prefix: string;
  onProblem(text: string): void;
  /** Ticks that wait for the brokers before the feed is left until they are through. */
  waitingMax?: number;
};

export type FeedIngest = {
  /** Ticks that the brokers have, and those that wait for them. */
  readonly published: number;
  readonly waiting: number;
  /** How far the exchange's clock is ahead of ours, nanoseconds; undefined while nobody knows. */
  readonly clockAheadNs: number | undefined;
  /** Rejects where exchange or brokers refuse for good. */
  readonly failed: Promise<never>;
  /** Leaves the feed, and resolves once the brokers have all that waited. */
  close(): Promise<void>;
};

const WAITING_MAX = 1 << 18;
/** Records of one request. */
const SEND_MAX = 4096;

type Ingest = Required<IngestOptions> & {
  producer: Producer;
  recordOf(tick: Tick): OutgoingRecord;
  feed: LiveFeed | undefined;
  clock: ClockCheck;
  clockAheadNs: number | undefined;
  waiting: OutgoingRecord[];
  published: number;
  isSending: boolean;
  isClosed: boolean;
  failing: PromiseWithResolvers<never>;
  /** Told when nothing waits and nothing is under way. */
  onIdle: (() => void)[];
};

/** Throws `bad-config` where the topic is missing or its schema is another. */
export async function ingestFeed(options: IngestOptions): Promise<FeedIngest> {
  const { source, broker, prefix } = options;
  const { originNs, instruments } = source;
  const { recordOf } = await openTickTopic({ broker, prefix, originNs, instruments });
  const ingest: Ingest = {
    waitingMax: WAITING_MAX,
    ...options,
    producer: await broker.producer({ lingerMs: 0 }),
    recordOf,
    clock: createClockCheck(source.venue.title, options.onProblem),
    clockAheadNs: undefined,
    ...{ feed: undefined, waiting: [], published: 0, isSending: false, isClosed: false },
    ...{ failing: Promise.withResolvers<never>(), onIdle: [] },
  };
  // Nobody may be waiting yet.
  ingest.failing.promise.catch(() => {});
  // What was published before, by whomever, is not what comes now.
  openGap(ingest);
  follow(ingest);
  return {
    get published() {
      return ingest.published;
    },
    get waiting() {
      return ingest.waiting.length;
    },
    get clockAheadNs() {
      return ingest.clockAheadNs;
    },
    failed: ingest.failing.promise,
    close: () => close(ingest),
  };
}

/** Every instrument begins anew for whoever reads. */
function openGap(ingest: Ingest): void {
  const { instruments, clock } = ingest.source;
  for (const gap of gapTicks(instruments, clock.nowNs())) ingest.waiting.push(ingest.recordOf(gap));
  void send(ingest);
}

function follow(ingest: Ingest): void {
  const { source, onProblem, failing } = ingest;
  ingest.feed = openLiveFeed({
    ...liveFeedOptions(source),
    onTicks: ticks => take(ingest, ticks),
    onGap: ({ instrument, reason }) =>
      onProblem(`${source.instruments[instrument]!.symbol}: gap: ${reason}`),
    onProblem,
    onEnd: error => failing.reject(error),
  });
}

function take(ingest: Ingest, ticks: readonly Tick[]): void {
  const { waiting, waitingMax, feed, onProblem } = ingest;
  ingest.clockAheadNs = feed?.clockAheadNs() ?? ingest.clockAheadNs;
  ingest.clock.note(ingest.clockAheadNs);
  for (const tick of ticks) waiting.push(ingest.recordOf(tick));
  void send(ingest);
  if (waiting.length <= waitingMax) return;
  onProblem(
    `${waiting.length} ticks wait for the brokers: the feed is left until they are through`,
  );
  feed?.close();
  ingest.feed = undefined;
  openGap(ingest);
}

/** One request at a time, so that order holds whatever becomes of it. */
async function send(ingest: Ingest): Promise<void> {
  if (ingest.isSending) return;
  ingest.isSending = true;
  try {
    while (ingest.waiting.length > 0) {
      const records = ingest.waiting.splice(0, SEND_MAX);
      await ingest.producer.send(records);
      ingest.published += records.length;
    }
  } catch (error) {
    ingest.failing.reject(error);
    return;
  }
  ingest.isSending = false;
  if (ingest.feed === undefined && !ingest.isClosed) {
    ingest.onProblem('the brokers are through: the feed begins anew');
    follow(ingest);
  }
  for (const idle of ingest.onIdle.splice(0)) idle();
}

async function close(ingest: Ingest): Promise<void> {
  ingest.isClosed = true;
  ingest.feed?.close();
  const through = new Promise<void>(resolve => {
    if (ingest.isSending) ingest.onIdle.push(resolve);
    else resolve();
  });
  await Promise.race([through, ingest.failing.promise]).catch(() => {});
  await ingest.producer.close();
}
