/** Kills workers whose state is on disk: what each had to follow of the changelogs to go on. */

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { judgeCounts, readCounts } from './count-checker.ts';
import { startWorker, type WorkerProcess } from './worker-process.ts';

export type DiskState = {
  /** Changelog records that a worker without a directory took over with. */
  readonly takeoverOffsets: number;
  /** Those that the first one began again with, on the directory it was killed with. */
  readonly restartOffsets: number;
  readonly problems: readonly string[];
};

const PARTITIONS = 2;
const KEYS = 400;
const RECORDS = 2_000;
/** Far fewer than the keys: what was missed is told from all there is. */
const MISSED = 20;
const SESSION_MS = 1_500;
/** A store on disk notes its position every 5 s. */
const MARKED_MS = 8_000;
const WAIT_MS = 60_000;

/** `addresses`: of a Kafka that runs. */
export async function killOnDisk(addresses: readonly string[]): Promise<DiskState> {
  const name = `disk-${randomUUID()}`;
  const [input, output] = [`${name}-input`, `${name}-output`];
  const directory = mkdtempSync(join(tmpdir(), 'outrider-disk-'));
  const kafka = new Kafka({ brokers: [...addresses], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const topics = [input, output].map(topic => ({ topic, numPartitions: PARTITIONS }));
  await admin.createTopics({ topics, waitForLeaders: true });
  await admin.disconnect();
  const worker = (processorId: string) =>
    startWorker({
      ...{ addresses, topology: name, applicationId: name, processorId, input, output },
      ...{ stateDirectory: join(directory, processorId), store: 'lmdb', standbys: 0 },
      sessionTimeoutMs: SESSION_MS,
    });
  const records = new Map<string, number>();
  const counted = async (count: number) => {
    await send(kafka, { topic: input, count, records });
    const expected = [...records.values()].reduce((sum, each) => sum + each, 0);
    return judgeCounts(
      records,
      await readCounts({ addresses, topic: output, expected, waitMs: WAIT_MS }),
    );
  };
  const open: WorkerProcess[] = [];
  const killed = async (next: string) => {
    open.at(-1)?.signal('SIGKILL');
    await open.at(-1)?.over();
    open.push(worker(next));
    return await restoredBy(open.at(-1)!);
  };
  try {
    await killed('first');
    const markedMs = Date.now() + MARKED_MS;
    const problems = await counted(RECORDS);
    await new Promise(resolve => setTimeout(resolve, markedMs - Date.now()));
    const takeoverOffsets = await killed('second');
    problems.push(...(await counted(MISSED)));
    const restartOffsets = await killed('first');
    problems.push(...(await counted(MISSED)));
    return { takeoverOffsets, restartOffsets, problems };
  } finally {
    open.at(-1)?.signal('SIGKILL');
    await open.at(-1)?.over();
    rmSync(directory, { recursive: true, force: true });
  }
}

type Sending = {
  readonly topic: string;
  readonly count: number;
  readonly records: Map<string, number>;
};

async function send(kafka: Kafka, { topic, count, records }: Sending): Promise<void> {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const messages = Array.from({ length: count }, (_, at) => ({
    value: `key-${at % KEYS}`,
    partition: at % PARTITIONS,
  }));
  await producer.send({ topic, messages, acks: -1 });
  for (const { value } of messages) records.set(value, (records.get(value) ?? 0) + 1);
  await producer.disconnect();
}

/** Once all tasks of the part with state are ready. */
async function restoredBy({ restored, lines }: WorkerProcess): Promise<number> {
  for (const untilMs = Date.now() + WAIT_MS; Date.now() < untilMs; ) {
    const counting = restored.filter(({ task }) => task.startsWith('1_'));
    if (counting.length >= PARTITIONS) return counting.reduce((sum, each) => sum + each.offsets, 0);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  throw new Error(`no worker took over: ${lines.slice(-5).join(' | ')}`);
}
