/** A member of the group of stream scenarios: bars in event time, until it is told to leave. */
import { midnightBefore, OutriderError } from '#engine';
import { connectPlatformatic } from '#engine/broker';
import { type Processor, startProcessor, wallPorts } from '#engine/runtime';
import { json, text, topic, topologyBuilder, tumbling } from '#engine/streams';

export type BarsSettings = {
  /** How long a bar is, how long after its end it still takes records, in event time. */
  readonly windowMs: number;
  readonly latenessMs: number;
  /** Records may be so far behind the latest, and so far ahead of the clock. */
  readonly outOfOrderMs: number;
  readonly aheadMaxMs: number;
  /** What a record costs a member beside the bar. */
  readonly workUs: number;
};

export type BarsMemberSettings = BarsSettings & {
  readonly addresses: readonly string[];
  readonly processorId: string;
  readonly stateDirectory: string;
  readonly sessionTimeoutMs: number;
  /** Copies of the partitions of topics that the group makes. */
  readonly replicas: number;
};

/** The name of the group, and of its topics. */
export const GROUP = 'bars';
export const TOPICS = {
  trades: 'trades',
  bars: 'bars',
  late: 'late-trades',
  dead: `${GROUP}-dead-letters`,
} as const;

/** `number`: its place among those of its key, from 1 on; `sentMs`: milliseconds since 1970. */
export type Trade = { readonly number: number; readonly sentMs: number };
/** After each trade: its own number and time, and what the bar holds with it. */
export type Bar = Trade & { readonly count: number; readonly sum: number };
export type SentBar = Bar & { readonly startMs: number };

/** As text, so that whoever judges needs no codec of ours. */
const record = <Value>(...fields: string[]) =>
  json<Value>(parsed => {
    const given = parsed as Record<string, unknown>;
    const missing = fields.find(field => typeof given[field] !== 'number');
    if (missing === undefined) return parsed as Value;
    throw new OutriderError('bad-data', `${missing}: give a number`);
  });
const TRADE = ['number', 'sentMs'];
const BAR = [...TRADE, 'count', 'sum'];

/** Each trade in time gives its bar anew; each that is late goes to a topic of its own. */
function barsTopology(settings: BarsSettings) {
  const { windowMs, latenessMs, outOfOrderMs, aheadMaxMs, workUs } = settings;
  const trade = { key: text, value: record<Trade>(...TRADE) };
  const builder = topologyBuilder({ name: GROUP });
  const bars = builder
    .stream(topic({ ...trade, name: TOPICS.trades, outOfOrderMs, aheadMaxMs }))
    .groupByKey()
    .windowedBy(tumbling(windowMs), { latenessMs, emit: 'update' })
    .aggregate<Bar>({
      initial: () => ({ count: 0, sum: 0, number: 0, sentMs: 0 }),
      add({ count, sum }, { number, sentMs }) {
        work(workUs);
        return { count: count + 1, sum: sum + number, number, sentMs };
      },
      value: record<Bar>(...BAR),
    });
  bars.late.to(topic({ ...trade, name: TOPICS.late }));
  bars
    .mapValues(({ startMs, value }) => ({ ...value, startMs }))
    .to(topic({ name: TOPICS.bars, key: text, value: record<SentBar>(...BAR, 'startMs') }));
  return builder.build();
}

/** Takes the processor for so long, as an edge's models would. */
function work(durationUs: number): void {
  if (durationUs === 0) return;
  const untilMs = performance.now() + durationUs / 1_000;
  while (performance.now() < untilMs);
}

const STATUS_MS = 250;

async function main(settings: BarsMemberSettings): Promise<void> {
  const { addresses, processorId, stateDirectory, sessionTimeoutMs, replicas } = settings;
  const broker = await connectPlatformatic({ addresses });
  const processor = await startProcessor({
    ...{ broker, applicationId: GROUP, processorId, topology: barsTopology(settings) },
    ports: wallPorts(midnightBefore(BigInt(Date.now()) * 1_000_000n)),
    observer: {
      onFailure: ({ error, inARow }) => say({ failure: String(error), inARow }),
      onAssigned: ({ generation, active }) => say({ generation, active }),
    },
    settings: {
      ...{ commitIntervalMs: 25, standbys: 1, acceptableLag: 1_000 },
      ...{ sessionTimeoutMs, stateDirectory, replicas },
    },
  });
  process.once('SIGTERM', () => void processor.close());
  const telling = setInterval(() => say({ lags: lagsOf(processor) }), STATUS_MS);
  await processor.done;
  clearInterval(telling);
  await broker.close();
}

/** Records that each partition's task has not processed. */
const lagsOf = (processor: Processor) =>
  Object.fromEntries(processor.status().tasks.map(({ task, lagRecords }) => [task, lagRecords]));

const say = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`);

const [script, given] = process.argv.slice(1);
if (script === import.meta.filename && given !== undefined) {
  await main(JSON.parse(given) as BarsMemberSettings);
}
