/** Runs whose ticks and logs go by way of a real Kafka: in lockstep not a byte may differ. */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportSchema } from '#bench';
import { readLog } from '#engine';
import { type Broker, connectPlatformatic } from '#engine/broker';
import { kafkaNeeds } from '#engine/testing/kafka';
import { sharedKafka } from '#engine/testing/shared-kafka';
import { newRunFolder, runCommand, startCommand } from './command.ts';
import { EURUSD, GOLD, hasData } from './recordings.ts';

const { needs, isMissing } = kafkaNeeds();
const OPTIONS = ['--ticks', EURUSD, '--ticks', GOLD, '--duration', '20m'];
/** Its broker is shared: other files have topics there. */
const PREFIX = `lockstep-${randomUUID()}`;
const PARTITIONS = 4;
const POLLS_MAX = 200;
const TIME_MS = 300_000;

/** Texts are compared at once, bytes one by one. */
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

describe.skipIf(isMissing || !hasData)(
  `a run in lockstep by way of Kafka (needs OUTRIDER_DATA, ${needs})`,
  () => {
    let addresses: readonly string[];
    let broker: Broker;
    let on: string[];
    beforeAll(async () => {
      addresses = await sharedKafka();
      on = ['--brokers', addresses.join(','), '--topic-prefix', PREFIX];
      const create = ['topics', 'create', ...on, '--partitions', String(PARTITIONS)];
      expect(await runCommand(create)).toMatchObject({ status: 0, stdout: '' });
      broker = await connectPlatformatic({ addresses });
    });
    afterAll(() => broker.close());

    async function lockstep(...options: string[]) {
      const out = newRunFolder();
      const given = ['run', '--lockstep', '--json', '--out', out, ...OPTIONS, ...options];
      const { status, stdout, stderr } = await runCommand(given);
      if (status !== 0) throw new Error(`${given.join(' ')}: ${stderr}`);
      const { digests, ticks } = reportSchema.parse(JSON.parse(stdout));
      return { out, digests, ticks: ticks.taken };
    }

    /** What a topic has of a log, in order. */
    async function copied(topic: string, name: string): Promise<string[]> {
      const partitions = (await broker.admin.partitionCounts([topic])).get(topic)!;
      const all = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
      const isolation = 'read-committed' as const;
      const bounds = await broker.admin.bounds(all, isolation);
      const from = bounds.map(({ partition, first }) => ({ topic, partition, offset: first }));
      const reader = await broker.reader({ isolation, from, pollWaitMs: 100 });
      const values: string[] = [];
      const left = new Map(bounds.map(({ partition, first, end }) => [partition, end - first]));
      for (let polls = 0; polls < POLLS_MAX; polls++) {
        // A busy machine is late with a poll's answer: none within its wait is no end.
        if ([...left.values()].every(records => records <= 0)) break;
        for (const { partition, records, nextOffset } of await reader.poll()) {
          left.set(partition, bounds[partition]!.end - nextOffset);
          for (const { key, value } of records) {
            if (Buffer.from(key!).toString() === name) values.push(textOf(value!));
          }
        }
      }
      await reader.close();
      return values;
    }

    it(
      'has the digests of the embedded run, and its logs on their topics record by record',
      async () => {
        const embedded = await lockstep();
        const carried = await lockstep(...on);
        expect(embedded.ticks).toBeGreaterThan(1000);
        expect({ ...carried, out: '' }).toEqual({ ...embedded, out: '' });
        for (const name of ['edge-log', 'gateway-log']) {
          const directory = join(carried.out, name.replace('-', '.'));
          const local = Array.from(readLog({ directory }), ({ payload }) => textOf(payload));
          const logName = `${basename(carried.out)}.${name}`;
          const values = await copied(`${PREFIX}.${name}`, logName);
          expect(values.length).toBeGreaterThan(100);
          expect(values).toEqual(local);
        }
        for (const { out } of [embedded, carried]) rmSync(dirname(out), { recursive: true });
      },
      TIME_MS,
    );

    it(
      'goes live by way of the topic, says what that costs apart, and has its orders',
      async () => {
        const out = newRunFolder();
        const given = ['run', '--json', '--out', out, '--duration', '20s', ...on];
        const { status, stdout, stderr } = await runCommand(given);
        expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
        const report = reportSchema.parse(JSON.parse(stdout));
        expect(report.ticks.taken).toBeGreaterThan(100);
        const { topic, ingest } = report.latencyNs;
        expect(topic!.count).toBeGreaterThan(100);
        expect(topic!.p50).toBeGreaterThan(0);
        expect(ingest!.p50).toBeGreaterThanOrEqual(topic!.p50);
        rmSync(dirname(out), { recursive: true });
      },
      TIME_MS,
    );

    it(
      'ends by name where its topic is deleted under load',
      async () => {
        const out = newRunFolder();
        const ticks = `${PREFIX}.ticks`;
        const all = Array.from({ length: PARTITIONS }, (_, partition) => ({
          topic: ticks,
          partition,
        }));
        const ends = async () =>
          (await broker.admin.bounds(all, 'read-committed')).reduce((sum, { end }) => sum + end, 0);
        const before = await ends();
        const run = startCommand(['run', '--out', out, '--duration', '5m', ...on]);
        try {
          await expect.poll(ends, { timeout: TIME_MS, interval: 200 }).toBeGreaterThan(before + 50);
          await broker.admin.deleteTopics([ticks]);
          const { status, stderr } = await run.done;
          expect(status).toBeGreaterThan(0);
          expect(stderr).toContain(ticks);
        } finally {
          run.kill('SIGKILL');
        }
        rmSync(dirname(out), { recursive: true });
      },
      TIME_MS,
    );

    it('is refused by name where its topics are missing', async () => {
      const out = newRunFolder();
      const brokers = addresses.join(',');
      const on = ['--brokers', brokers, '--topic-prefix', 'nowhere'];
      const { status, stderr } = await runCommand([
        'run',
        '--lockstep',
        '--out',
        out,
        ...OPTIONS,
        ...on,
      ]);
      expect(status).not.toBe(0);
      expect(stderr).toContain('nowhere.ticks: missing; run outrider topics create');
      rmSync(dirname(out), { recursive: true });
    });
  },
);
