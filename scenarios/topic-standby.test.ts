/** Two gateway processes on one topic of a real Kafka: what is lost with one, or with a broker. */
import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readLog } from '#engine';
import { connectPlatformatic } from '#engine/broker';
import {
  type KafkaCluster,
  kafkaNeeds,
  partitionInSync,
  partitionLeader,
  startKafka,
} from '#engine/testing/kafka';
import type { TopicMessage } from '#gateway';
import { judgeLogTopic, readLogTopic } from './log-topic.ts';
import { judgeOrdersOnce } from './runner/invariants/orders-once.ts';
import { judgeReplay } from './runner/invariants/replay.ts';
import { readStore } from './runner/measure/traces.ts';
import { NODES, type NodeName } from './runner/play/pair.ts';
import { keepWishing, startTakeoverWorld, type TakeoverWorld } from './takeover-world.ts';

const WAIT = { timeout: 200_000, interval: 50 };
/**
 * Far longer than the brokers take to give one up: on a machine that is busy with other tests all
 * three may stand still for so long that a standby takes over from a node that is well.
 */
const LEASE_MS = 15_000;
const HEAP_MB = 128;

const { needs, isMissing } = kafkaNeeds();

describe.skipIf(isMissing)(`a pair of gateways on a topic (needs ${needs})`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'outrider-topic-pair-'));
  const topic = `gateway-${randomUUID()}`;
  let kafka: KafkaCluster;
  let world: TakeoverWorld;
  let wishing: ReturnType<typeof keepWishing>;
  beforeAll(async () => {
    kafka = await startKafka({ nodes: 3, heapMb: HEAP_MB });
    const { addresses } = kafka;
    const broker = await connectPlatformatic({ addresses });
    const config = { 'retention.ms': '-1' };
    await broker.admin.createTopics([{ topic, partitions: 1, replicas: 3, config }]);
    await broker.close();
    world = await startTakeoverWorld({
      ...{ directory, leaseMs: LEASE_MS, isWatched: false, heartbeatSeconds: 16 },
      topic: { name: topic, brokers: addresses.join(',') },
    });
    wishing = keepWishing(world.trader);
  });
  let stopping: Promise<void> | undefined;
  const stopWorld = () => {
    wishing?.stop();
    stopping ??= world?.stop();
    return stopping;
  };
  // Also after a failure: no process is left behind.
  afterAll(async () => {
    await stopWorld();
    await kafka?.stop();
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
    const name = NODES[reports.findIndex(report => report?.isTrading)];
    return { name: name!, epoch: reports.find(report => report?.isTrading)?.epoch };
  };
  /** What a node has that never left is cut once it has read so far; nobody waits for that. */
  const bothHaveAll = async () => {
    const reports = () => Promise.all(NODES.map(name => world.pair.report(name)));
    const all = Math.max(...(await reports()).map(report => report?.records ?? 0));
    await vi.waitFor(async () => {
      for (const report of await reports()) expect(report?.records).toBeGreaterThan(all);
    }, WAIT);
  };
  const log = (name: NodeName) =>
    Array.from(readLog({ directory: join(directory, name, 'gateway.log') }), ({ payload }) =>
      Buffer.from(payload),
    );
  const partition = () => ({ nodes: kafka.nodes, topic, partition: 0 });

  it('goes on at the other when one sleeps, which sends nothing when it wakes up', async () => {
    await moreIsSent();
    const sleeper = await leader();
    await world.pair.fail('stop');
    await moreIsSent();
    expect((await leader()).name).not.toBe(sleeper.name);
    const { process: zombie } = world.pair.node(sleeper.name);
    process.kill(zombie.ports.pid!, 'SIGCONT');
    expect(await zombie.exited).toMatchObject({ status: 3 });
    expect(bytes(`node-${sleeper.name}.log`)).toMatch(/the lease is over|is fenced/);
    await world.pair.rejoin();
    await moreIsSent();
  });

  it('trades on by the same node when the broker that leads the topic is killed', async () => {
    const before = await leader();
    const broker = await partitionLeader(partition());
    await broker.kill();
    await moreIsSent();
    expect(await leader()).toEqual(before);
    await broker.start();
    await partitionInSync(partition());
    await moreIsSent();
    expect(await leader()).toEqual(before);
  });

  it('goes on at the other when that broker and the node that trades die together', async () => {
    const before = await leader();
    const broker = await partitionLeader(partition());
    await Promise.all([broker.kill(), world.pair.fail('kill')]);
    await moreIsSent();
    expect(await leader()).toEqual({
      name: before.name === 'A' ? 'B' : 'A',
      epoch: before.epoch! + 1,
    });
    await broker.start();
    await world.pair.rejoin();
    await bothHaveAll();
  });

  it('has lost no record, sent no order twice, and let no fenced node write', async () => {
    await stopWorld();
    const judged = judgeOrdersOnce({
      received: bytes('fix', 'venue-received.fix'),
      sent: NODES.map(name => bytes(name, 'fix', 'outbound.fix')).join(''),
      answers: readStore(join(directory, 'venue-store')),
    });
    expect(judged.violations).toEqual([]);
    expect(judged.checked).toBeGreaterThan(100);
    const logs = NODES.map(name => ({ name, payloads: log(name) }));
    const [short, long] = logs.sort((one, other) => one.payloads.length - other.payloads.length);
    expect(short!.payloads.length).toBeGreaterThan(100);
    const isOther = (payload: Buffer, at: number) => !payload.equals(long!.payloads[at]!);
    expect(short!.payloads.findIndex(isOther)).toBe(-1);
    const messages = await readLogTopic(kafka.addresses, topic);
    expect(judgeLogTopic(messages, long!.payloads)).toEqual([]);
    expectPlantedFound(messages, long!.payloads);
    const own = join(directory, long!.name);
    cpSync(join(directory, 'fix', 'venue-received.fix'), join(own, 'fix', 'venue-received.fix'));
    const replayed = await judgeReplay(own, join(directory, 'replay.log'));
    expect(replayed.violations).toEqual([]);
  });
});

/** The same with a record too few, one too many, another one, and one of a fenced writer. */
function expectPlantedFound(messages: readonly TopicMessage[], log: readonly Uint8Array[]): void {
  const at = messages.findLastIndex(({ kind }) => kind === 'record');
  const record = messages[at] as Extract<TopicMessage, { kind: 'record' }>;
  const other = { ...record, payload: Uint8Array.of(1) };
  for (const [planted, problem] of [
    [messages.toSpliced(at, 1), `${record.offset} records stand there, ${log.length} in the log`],
    [messages.toSpliced(at, 0, record), `record ${record.offset} stands where`],
    [messages.toSpliced(at, 1, other), `record ${record.offset} is another one in the log`],
    [[...messages, { ...record, epoch: 1 }], `record of epoch 1 stands behind epoch`],
  ] as const) {
    expect(judgeLogTopic(planted, log)[0]).toContain(problem);
  }
}
