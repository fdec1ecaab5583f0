/** An exchange's feed by way of topics: a reader has every tick once, in order, or is told. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openExchange, pipelineTopics } from '#cli';
import { ingestFeed } from '#cli/ingest';
import {
  type Broker,
  connectPlatformatic,
  openEmbedded,
  type Producer,
  partitionOfKey,
} from '#engine/broker';
import { ofSchema } from '#engine/schema';
import { kafkaNeeds } from '#engine/testing/kafka';
import { sharedKafka } from '#engine/testing/shared-kafka';
import { type TopicTick, tickSchema } from '#market';
import { type RunningCommand, runCommand, startCommand } from './command.ts';
import type { CoinbaseServer } from './runner/feed/coinbase-server.ts';
import { startSimulatedCoinbase } from './simulated-coinbase.ts';

const WAIT = { timeout: 60_000, interval: 50 };
const TEST_MS = 180_000;
const HOUR_NS = 3_600e9;
/** Its broker is shared: other files have topics there. */
const PREFIX = `ingest-${randomUUID()}`;
const TOPIC = `${PREFIX}.ticks`;

/** Everything that the topic has, by offset; all of one key lie in one partition. */
async function readTopic(broker: Broker, originNs: bigint): Promise<TopicTick[]> {
  const partitions = (await broker.admin.partitionCounts([TOPIC])).get(TOPIC)!;
  const all = Array.from({ length: partitions }, (_, partition) => ({ topic: TOPIC, partition }));
  const isolation = 'read-committed' as const;
  const bounds = await broker.admin.bounds(all, isolation);
  const from = bounds.map(({ partition, first }) => ({ topic: TOPIC, partition, offset: first }));
  let missing = bounds.reduce((sum, { first, end }) => sum + end - first, 0);
  const reader = await broker.reader({ isolation, from, pollWaitMs: 100 });
  const { value: codec, checkHeaders } = ofSchema(tickSchema(originNs));
  const ticks: TopicTick[] = [];
  while (missing > 0) {
    for (const { records } of await reader.poll()) {
      for (const { key, value, headers } of records) {
        checkHeaders(headers);
        expect(Buffer.from(key!).toString()).toBe('SIM-USD');
        ticks.push(codec.decode(value!));
        missing--;
      }
    }
  }
  await reader.close();
  return ticks;
}

/** Numbered without holes, a gap first, and after each gap nothing of a book before a snapshot. */
function expectWhole(ticks: readonly TopicTick[]): void {
  expect(ticks.map(({ sequence }) => sequence)).toEqual(ticks.map((_, at) => at + 1));
  let hasBook = false;
  for (const { tick } of ticks) {
    if (tick.kind === 'gap') hasBook = false;
    if (tick.kind === 'snapshot') hasBook = true;
    if (tick.kind === 'quote' || tick.kind === 'level') expect(hasBook).toBe(true);
  }
  expect(ticks[0]!.tick.kind).toBe('gap');
}

const midnightNs = () => {
  const nowMs = BigInt(Date.now());
  return (nowMs - (nowMs % 86_400_000n)) * 1_000_000n;
};

const { needs, isMissing } = kafkaNeeds();

describe.skipIf(isMissing)(`outrider ingest (needs ${needs})`, () => {
  let addresses: readonly string[];
  let broker: Broker;
  let market: CoinbaseServer;
  beforeAll(async () => {
    addresses = await sharedKafka();
    broker = await connectPlatformatic({ addresses });
    market = await startSimulatedCoinbase();
  }, TEST_MS);
  afterAll(async () => {
    await market.close();
    await broker.close();
  });

  it(
    'publishes what an exchange sends, a cut as a gap, and all of it before it ends',
    async () => {
      const brokers = ['--brokers', addresses.join(), '--topic-prefix', PREFIX];
      const url = ['--feed', 'coinbase:SIM-USD', '--feed-url', `ws://127.0.0.1:${market.port}`];
      const early = await runCommand(['ingest', ...url, ...brokers]);
      expect([early.status, early.stderr]).toEqual([2, expect.stringContaining('topics create')]);
      expect((await runCommand(['topics', 'create', ...brokers])).status).toBe(0);
      const ingest: RunningCommand = startCommand(['ingest', ...url, ...brokers]);
      const published = async () => {
        const at = { topic: TOPIC };
        const all = Array.from({ length: 8 }, (_, partition) => ({ ...at, partition }));
        const bounds = await broker.admin.bounds(all, 'read-committed');
        return bounds.reduce((sum, { end }) => sum + end, 0);
      };
      const grows = async (by: number) => {
        const before = await published();
        await vi.waitFor(async () => expect(await published()).toBeGreaterThan(before + by), WAIT);
      };
      try {
        await grows(50);
        market.cut();
        market.restore();
        await grows(50);
        ingest.kill('SIGTERM');
        const { status, stdout, stderr } = await ingest.done;
        expect([status, stderr]).toEqual([0, expect.stringContaining('live')]);
        const ticks = await readTopic(broker, midnightNs());
        expect(JSON.parse(stdout)).toEqual({ published: ticks.length });
        expectWhole(ticks);
        const count = (kind: string) => ticks.filter(({ tick }) => tick.kind === kind).length;
        expect([count('gap'), count('snapshot')]).toEqual([2, 2]);
        expect(count('quote')).toBeGreaterThan(20);
      } finally {
        ingest.kill('SIGKILL');
      }
    },
    TEST_MS,
  );

  it(
    'ends by name where its topic is deleted under load, and does not hang',
    async () => {
      const feed = ['--feed', 'coinbase:SIM-USD', '--feed-url', `ws://127.0.0.1:${market.port}`];
      const brokers = ['--brokers', addresses.join(), '--topic-prefix', PREFIX];
      const at = [
        { topic: TOPIC, partition: partitionOfKey(Buffer.from('SIM-USD'), 8, 'key-group') },
      ];
      const end = async () => (await broker.admin.bounds(at, 'read-committed'))[0]!.end;
      const before = await end();
      const ingest: RunningCommand = startCommand(['ingest', ...feed, ...brokers]);
      try {
        await vi.waitFor(async () => expect(await end()).toBeGreaterThan(before + 20), WAIT);
        await broker.admin.deleteTopics([TOPIC]);
        const { status, stderr } = await ingest.done;
        expect(status).toBeGreaterThan(0);
        expect(stderr).toMatch(new RegExp(`${TOPIC}.*create it`));
      } finally {
        ingest.kill('SIGKILL');
      }
    },
    TEST_MS,
  );
});

it(
  'says by how much its clock is behind the exchange’s, and publishes the exchange’s times',
  async () => {
    const market = await startSimulatedCoinbase();
    const directory = mkdtempSync(join(tmpdir(), 'outrider-ingest-'));
    const broker = await openEmbedded({ directory });
    await broker.admin.createTopics(pipelineTopics({ prefix: PREFIX, partitions: 1, replicas: 1 }));
    const source = await sourceAhead(market, -3 * HOUR_NS);
    const said: string[] = [];
    const onProblem = (text: string) => void said.push(text);
    const ingest = await ingestFeed({ source, prefix: PREFIX, broker, onProblem });
    try {
      const line = /Exchange’s is (3 h 0|2 h 59) min ahead of ours: set the clock/;
      await vi.waitFor(() => expect(said.join('\n')).toMatch(line), WAIT);
      expect(ingest.clockAheadNs! / HOUR_NS).toBeCloseTo(3, 2);
      await vi.waitFor(() => expect(ingest.published).toBeGreaterThan(20), WAIT);
      await ingest.close();
      expect(said.filter(text => text.startsWith('clock:'))).toHaveLength(1);
      const ticks = await readTopic(broker, source.originNs);
      const lastNs = ticks.at(-1)!.tick.exchangeTimeNs + Number(source.originNs / 1_000_000n) * 1e6;
      expect(Math.abs(lastNs / 1e6 - Date.now())).toBeLessThan(60_000);
    } finally {
      await broker.close();
      await market.close();
    }
  },
  TEST_MS,
);

/** Of a process whose wall clock is off. */
async function sourceAhead({ port }: CoinbaseServer, aheadNs: number) {
  const feedUrl = `ws://127.0.0.1:${port}`;
  const source = await openExchange({ feed: 'coinbase:SIM-USD', feedUrl, feedInstrument: [] });
  const { clock } = source;
  return { ...source, clock: { nowNs: () => clock.nowNs() + aheadNs } };
}

it(
  'leaves the feed where the brokers are too slow, says so, and loses nothing silently',
  async () => {
    const market = await startSimulatedCoinbase();
    const broker = await openEmbedded({
      directory: mkdtempSync(join(tmpdir(), 'outrider-ingest-')),
    });
    const topics = pipelineTopics({ prefix: PREFIX, partitions: 1, replicas: 1 });
    await broker.admin.createTopics(topics);
    const feedUrl = `ws://127.0.0.1:${market.port}`;
    const source = await openExchange({ feed: 'coinbase:SIM-USD', feedUrl, feedInstrument: [] });
    const stall = { until: Promise.resolve() };
    const problems: string[] = [];
    const ingest = await ingestFeed({
      ...{ source, prefix: PREFIX, waitingMax: 40, onProblem: text => void problems.push(text) },
      broker: {
        ...broker,
        producer: async options => slowed(await broker.producer(options), stall),
      },
    });
    try {
      await vi.waitFor(() => expect(ingest.published).toBeGreaterThan(20), WAIT);
      const gate = Promise.withResolvers<void>();
      stall.until = gate.promise;
      await vi.waitFor(() => expect(problems.join()).toContain('wait for the brokers'), WAIT);
      const { waiting } = ingest;
      await new Promise(resolve => setTimeout(resolve, 500));
      expect(ingest.waiting).toBe(waiting);
      gate.resolve();
      await vi.waitFor(() => expect(problems.join()).toContain('the feed begins anew'), WAIT);
      const { published } = ingest;
      await vi.waitFor(() => expect(ingest.published).toBeGreaterThan(published + 20), WAIT);
      await ingest.close();
      const ticks = await readTopic(broker, source.originNs);
      expect(ticks).toHaveLength(ingest.published);
      expectWhole(ticks);
      expect(ticks.filter(({ tick }) => tick.kind === 'gap')).toHaveLength(2);
    } finally {
      await broker.close();
      await market.close();
    }
  },
  TEST_MS,
);

function slowed(producer: Producer, stall: { until: Promise<void> }): Producer {
  return {
    ...producer,
    async send(records) {
      await stall.until;
      await producer.send(records);
    },
  };
}
