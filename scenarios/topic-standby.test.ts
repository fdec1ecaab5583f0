/** Two gateway processes on one topic of a real Kafka: what a death or a sleep of one may cost. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readLog } from '#engine';
import { connectPlatformatic } from '#engine/broker';
import { kafkaClassPath } from '#engine/testing/kafka';
import { sharedKafka } from '#engine/testing/shared-kafka';
import { judgeOrdersOnce } from './runner/invariants/orders-once.ts';
import { readStore } from './runner/measure/traces.ts';
import { NODES, type NodeName } from './runner/play/pair.ts';
import { keepWishing, startTakeoverWorld, type TakeoverWorld } from './takeover-world.ts';

const WAIT = { timeout: 120_000, interval: 50 };
/** Long enough for a machine that others use as well. */
const LEASE_MS = 6_000;

const found = kafkaClassPath();
const needs = 'missing' in found ? found.missing : 'java 17 and mvn';

describe.skipIf('missing' in found)(`a pair of gateways on a topic (needs ${needs})`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'outrider-topic-pair-'));
  const topic = `gateway-${randomUUID()}`;
  let world: TakeoverWorld;
  beforeAll(async () => {
    const addresses = await sharedKafka();
    const broker = await connectPlatformatic({ addresses });
    const config = { 'retention.ms': '-1' };
    await broker.admin.createTopics([{ topic, partitions: 1, replicas: 1, config }]);
    await broker.close();
    world = await startTakeoverWorld({
      ...{ directory, leaseMs: LEASE_MS, isWatched: false },
      topic: { name: topic, brokers: addresses.join(',') },
    });
  });
  let stopping: Promise<void> | undefined;
  const stopWorld = () => {
    stopping ??= world.stop();
    return stopping;
  };
  // Also after a failure: no process is left behind.
  afterAll(async () => {
    await stopWorld();
    rmSync(directory, { recursive: true, force: true });
  });

  const bytes = (...place: string[]) => readFileSync(join(directory, ...place), 'latin1');
  const sent = () => bytes('fix', 'venue-received.fix').length;
  const moreIsSent = async () => {
    const before = sent();
    await vi.waitFor(() => expect(sent()).toBeGreaterThan(before + 3_000), WAIT);
  };
  const leader = async () => {
    const reports = await Promise.all(NODES.map(name => world.pair.report(name)));
    return NODES[reports.findIndex(report => report?.isTrading)];
  };
  const payloads = (name: NodeName) =>
    Array.from(readLog({ directory: join(directory, name, 'gateway.log') }), ({ payload }) =>
      Buffer.from(payload).toString('latin1'),
    );

  it('goes on at the other when one is killed; one that wakes up sends nothing', async () => {
    const wishing = keepWishing(world.trader);
    await moreIsSent();
    await world.pair.fail('kill');
    await moreIsSent();
    await world.pair.rejoin();
    await moreIsSent();
    const sleeper = (await leader())!;
    await world.pair.fail('stop');
    await moreIsSent();
    expect(await leader()).not.toBe(sleeper);
    const { process: zombie } = world.pair.node(sleeper);
    process.kill(zombie.ports.pid!, 'SIGCONT');
    expect(await zombie.exited).toMatchObject({ status: 3 });
    expect(bytes(`node-${sleeper}.log`)).toMatch(/the lease is over|is fenced/);
    await world.pair.rejoin();
    await moreIsSent();
    wishing.stop();
    await stopWorld();
    const judged = judgeOrdersOnce({
      received: bytes('fix', 'venue-received.fix'),
      sent: NODES.map(name => bytes(name, 'fix', 'outbound.fix')).join(''),
      answers: readStore(join(directory, 'venue-store')),
    });
    expect(judged.violations).toEqual([]);
    expect(judged.checked).toBeGreaterThan(100);
    const [short, long] = NODES.map(payloads).sort((one, other) => one.length - other.length);
    expect(short!.length).toBeGreaterThan(100);
    expect(long!.slice(0, short!.length)).toEqual(short);
  });
});
