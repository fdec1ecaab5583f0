/** Kills, stops, sends away and rescales workers of a real Kafka, and counts all records. */

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { type SeededRandom, seededRandom } from '#engine';
import { startKafka } from '#engine/testing/kafka';
import { judgeCounts, readCounts } from './count-checker.ts';
import type { CountWorkerSettings } from './count-worker.ts';
import { rescale } from './rescale.ts';
import { startWorker, type WorkerProcess } from './worker-process.ts';

export type StreamsTortureOptions = {
  readonly failures: number;
  readonly seed: number;
  /** Times that the application moves to another number of partitions, evenly between failures. */
  readonly rescales: number;
  readonly store: 'memory' | 'lmdb';
  /** Of a Kafka that runs; else it has one of its own. */
  readonly addresses?: readonly string[];
  onFailure?(what: string): void;
};

export type StreamsTortured = {
  readonly failures: Readonly<Record<FailureKind, number>>;
  /** Of the input, one after another. */
  readonly partitions: readonly number[];
  readonly records: number;
  readonly problems: readonly string[];
  /** From each SIGKILL until all tasks of the process were ready elsewhere, milliseconds. */
  readonly takeoverMs: readonly number[];
  /** From each SIGTERM until the process was gone, milliseconds. */
  readonly leaveMs: readonly number[];
  /** What workers said that ended of themselves. */
  readonly ended: readonly string[];
  readonly tookMs: number;
};

const KINDS = ['killed', 'killed', 'killed', 'stopped', 'sent away'] as const;
export type FailureKind = (typeof KINDS)[number];

const PARTITIONS = 4;
const PARTITIONS_MAX = 8;
const KEYS = 23;
const WORKERS = 3;
const SESSION_MS = 1_500;
const RECORDS_A_BATCH = 20;
const BATCH_EVERY_MS = 20;
const FAILURE_EVERY_MS = 1_500;
const AWAY_MS_MAX = 1_000;
const FIRST_TASK_MS = 60_000;
const REST_MS = 60_000;
/** Of the last words of a worker that ended: an error and where it was. */
const LINES_KEPT = 20;

/** Throws where Kafka cannot be started on this machine. */
export async function tortureStreams(options: StreamsTortureOptions): Promise<StreamsTortured> {
  const beganMs = Date.now();
  const cluster = options.addresses === undefined ? await startKafka() : undefined;
  const directory = mkdtempSync(join(tmpdir(), 'outrider-streams-'));
  const addresses = cluster?.addresses ?? options.addresses!;
  const name = `torture-${randomUUID()}`;
  const kafka = new Kafka({ brokers: [...addresses], logLevel: logLevel.NOTHING });
  const random = seededRandom(`streams ${options.seed}`);
  const world: World = {
    ...{ options, name, random, kafka, addresses, directory },
    ...{ records: new Map(), partitions: [PARTITIONS] },
    ...{ slots: [], gone: [], takeoverMs: [], leaveMs: [], ended: [] },
    failures: { killed: 0, stopped: 0, 'sent away': 0 },
  };
  try {
    await createTopics(kafka, name);
    let problems = await playPhase(world, 0);
    for (let phase = 1; phase <= options.rescales && problems.length === 0; phase++) {
      await moveOn(world);
      problems = await playPhase(world, phase);
    }
    for (let slot = 0; slot < WORKERS; slot++) noteEnd(world, slot);
    const { failures, partitions, takeoverMs, leaveMs, ended } = world;
    const found = { failures, partitions, problems, takeoverMs, leaveMs, ended };
    return { ...found, records: sumOf(world.records), tookMs: Date.now() - beganMs };
  } finally {
    for (const worker of world.slots) worker.signal('SIGKILL');
    await Promise.all(world.slots.map(worker => worker.over()));
    await cluster?.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

type World = {
  readonly options: StreamsTortureOptions;
  /** Of the topology, and before the names of its topics and applications. */
  readonly name: string;
  readonly random: SeededRandom;
  readonly kafka: Kafka;
  readonly addresses: readonly string[];
  readonly directory: string;
  /** Sent so far, by key. */
  readonly records: Map<string, number>;
  readonly partitions: number[];
  readonly failures: Record<FailureKind, number>;
  readonly slots: WorkerProcess[];
  /** Those that were killed, and when. */
  readonly gone: { readonly worker: WorkerProcess; readonly atMs: number }[];
  readonly takeoverMs: number[];
  readonly leaveMs: number[];
  readonly ended: string[];
};

const inputOf = (name: string) => `${name}-input`;
const outputOf = (name: string) => `${name}-output`;

function settingsOf(
  { options, name, addresses, directory, partitions }: World,
  slot: number,
): CountWorkerSettings {
  const applicationId = `${name}-${partitions.length}`;
  return {
    ...{ addresses, topology: name, applicationId, processorId: `worker-${slot}` },
    ...{ input: inputOf(name), output: outputOf(name), store: options.store },
    ...{ stateDirectory: join(directory, applicationId, String(slot)), standbys: 1 },
    sessionTimeoutMs: SESSION_MS,
  };
}

/** Failures while records come, until all of them are counted; says what is wrong with those. */
async function playPhase(world: World, phase: number): Promise<readonly string[]> {
  const { options, name, addresses, slots, records } = world;
  const source = startSource(world);
  for (let slot = 0; slot < WORKERS; slot++) slots[slot] = startWorker(settingsOf(world, slot));
  await until(() => slots.some(({ restored }) => restored.length > 0), FIRST_TASK_MS);
  const { failures, rescales } = options;
  const share = (of: number) => Math.floor((failures * of) / (rescales + 1));
  for (let failure = share(phase); failure < share(phase + 1); failure++) await inject(world);
  await source.stop();
  world.takeoverMs.push(...takeoversOf(world));
  world.gone.length = 0;
  const read = { addresses, topic: outputOf(name), expected: sumOf(records), waitMs: REST_MS };
  return judgeCounts(records, await readCounts(read));
}

/** All leave; their state goes on with another number of partitions. */
async function moveOn(world: World): Promise<void> {
  const { random, kafka, slots, partitions, directory, options } = world;
  for (const worker of slots) worker.signal('SIGTERM');
  await Promise.all(slots.map(worker => worker.over()));
  const from = settingsOf(world, 0);
  const before = partitions.at(-1)!;
  const other = 1 + (random.nextU32() % (PARTITIONS_MAX - 1));
  const after = other < before ? other : other + 1;
  options.onFailure?.(`rescaled from ${before} to ${after} partitions`);
  partitions.push(after);
  const counts = [before, after] as const;
  await rescale({ kafka, from, to: settingsOf(world, 0), counts, directory });
}

const sumOf = (records: ReadonlyMap<string, number>) =>
  [...records.values()].reduce((sum, count) => sum + count, 0);

async function createTopics(kafka: Kafka, name: string): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  const topics = [inputOf(name), outputOf(name)].map(topic => ({
    topic,
    numPartitions: PARTITIONS,
  }));
  await admin.createTopics({ topics, waitForLeaders: true });
  await admin.disconnect();
}

/** Sends until it is told to stop, and notes what it sent. */
function startSource({ kafka, name, random, records, partitions }: World) {
  const topic = inputOf(name);
  // Else a batch that one partition refuses is sent to all of them again.
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  const count = partitions.at(-1)!;
  const chance = random.split(`source ${partitions.length}`);
  let isOver = false;
  const run = async () => {
    await producer.connect();
    while (!isOver) {
      const messages = Array.from({ length: RECORDS_A_BATCH }, () => ({
        value: `key-${chance.nextU32() % KEYS}`,
        partition: chance.nextU32() % count,
      }));
      await producer.send({ topic, messages, acks: -1 });
      for (const { value } of messages) records.set(value, (records.get(value) ?? 0) + 1);
      await sleep(BATCH_EVERY_MS);
    }
    await producer.disconnect();
  };
  const running = run();
  return {
    async stop() {
      isOver = true;
      await running;
    },
  };
}

async function inject(world: World): Promise<void> {
  const { options, random, slots } = world;
  await sleep(random.nextU32() % FAILURE_EVERY_MS);
  const slot = random.nextU32() % WORKERS;
  const kind = KINDS[random.nextU32() % KINDS.length]!;
  options.onFailure?.(`worker ${slot} ${kind}, process ${slots[slot]!.pid}`);
  world.failures[kind] += 1;
  noteEnd(world, slot);
  await strike(world, slot, kind);
}

async function strike(world: World, slot: number, kind: FailureKind): Promise<void> {
  const { random, slots } = world;
  const worker = slots[slot]!;
  switch (kind) {
    case 'stopped':
      // Past its session: others take over, and it wakes up among them.
      worker.signal('SIGSTOP');
      await sleep(SESSION_MS + 500 + (random.nextU32() % AWAY_MS_MAX));
      worker.signal('SIGCONT');
      return;
    case 'sent away': {
      const beganMs = Date.now();
      worker.signal('SIGTERM');
      await worker.over();
      world.leaveMs.push(Date.now() - beganMs);
      break;
    }
    case 'killed':
      world.gone.push({ worker, atMs: Date.now() });
      worker.signal('SIGKILL');
      break;
  }
  await worker.over();
  await sleep(random.nextU32() % AWAY_MS_MAX);
  slots[slot] = startWorker(settingsOf(world, slot));
}

/** Those that no later failure came into. */
function takeoversOf({ gone, slots }: World): number[] {
  const all = [...slots, ...gone.map(({ worker }) => worker)];
  return gone.flatMap(({ worker, atMs }, index) => {
    const nextMs = gone[index + 1]?.atMs ?? Number.POSITIVE_INFINITY;
    const ready = worker.active.map(task =>
      Math.min(
        ...all.flatMap(({ restored }) =>
          restored.filter(each => each.task === task && each.atMs > atMs).map(each => each.atMs),
        ),
      ),
    );
    const lastMs = Math.max(...ready);
    return ready.length > 0 && lastMs < nextMs ? [lastMs - atMs] : [];
  });
}

/** A worker that nobody ended should be there: what it said is part of the evidence. */
function noteEnd({ slots, ended }: World, slot: number): void {
  const { isOver, lines } = slots[slot]!;
  if (isOver) ended.push(`worker ${slot}: ${lines.slice(-LINES_KEPT).join(' | ')}`);
}

const sleep = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms));

async function until(isDone: () => boolean, limitMs: number): Promise<void> {
  const endMs = Date.now() + limitMs;
  while (!isDone() && Date.now() < endMs) await sleep(20);
}
