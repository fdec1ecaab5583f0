/** Clients by turns on one broker, in one process: each measured twice a round, in random order. */

import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { OutriderError, SECOND_NS, seededRandom } from '#engine';
import { durationText } from '../report-html/number-text.ts';
import { shuffled } from '../statistics.ts';
import { type BenchKafka, makeTopics } from './bench-kafka.ts';
import type { ClientSide } from './client-side.ts';
import { VALUE_BYTES } from './load.ts';
import { nowNs } from './now.ts';

/** Records a second, or nanoseconds. */
export type ClientFigures = {
  readonly produced: number;
  readonly consumed: number;
  readonly transacted: number;
  readonly p50Ns: number;
  readonly p99Ns: number;
};

export type ClientRound = Readonly<Record<string, readonly ClientFigures[]>>;

export type ClientRoundsOptions = {
  readonly kafka: BenchKafka;
  readonly sides: readonly ClientSide[];
  readonly rounds: number;
};

const RECORDS = 200_000;
const BATCH_RECORDS = 1_000;
const UNDER_WAY_MAX = 4;
const TRANSACTIONS = 100;
const STEADY_RECORDS = 5_000;
const STEADY_PER_SECOND = 1_000;
const PATIENCE_MS = 60_000;
const TIMES_A_ROUND = 2;

export async function measureClients({ kafka, sides, rounds }: ClientRoundsOptions) {
  for (const side of sides) await measureClient(kafka, side);
  const random = seededRandom('clients');
  const measured: ClientRound[] = [];
  for (let round = 1; round <= rounds; round++) {
    const seen = new Map(sides.map(({ name }) => [name, [] as ClientFigures[]]));
    const turns = Array.from({ length: TIMES_A_ROUND }, () => sides).flat();
    for (const side of shuffled(turns, random.nextFloat)) {
      const figures = await measureClient(kafka, side);
      seen.get(side.name)!.push(figures);
      console.error(`round ${round} of ${rounds}: ${side.name}, ${textOf(figures)}`);
    }
    measured.push(Object.fromEntries(seen));
  }
  return measured;
}

function textOf({ produced, consumed, transacted, p50Ns, p99Ns }: ClientFigures): string {
  const rates = [produced, consumed, transacted].map(rate => rate.toFixed(0)).join(', ');
  const times = [p50Ns, p99Ns].map(durationText).join(' and ');
  return `${rates} records a second, p50 and p99 ${times}`;
}

async function measureClient(kafka: BenchKafka, side: ClientSide): Promise<ClientFigures> {
  const [bulk, transacted, steady] = ['bulk', 'transacted', 'steady'].map(
    name => `${name}-${randomUUID()}`,
  ) as [string, string, string];
  const topics = [bulk, transacted, steady];
  await makeTopics(kafka, 1, topics);
  try {
    const produced = await rateOf(RECORDS, () => produce(side, bulk));
    const consumed = await consume(side, bulk);
    const rate = await rateOf(TRANSACTIONS * BATCH_RECORDS, () => transact(side, transacted));
    const latencies = (await latenciesNs(side, steady)).sort((one, other) => one - other);
    const at = (share: number) => latencies[Math.floor(share * (latencies.length - 1))]!;
    return { produced, consumed, transacted: rate, p50Ns: at(0.5), p99Ns: at(0.99) };
  } finally {
    await kafka.broker.admin.deleteTopics(topics);
  }
}

async function rateOf(records: number, work: () => Promise<void>): Promise<number> {
  const startedNs = nowNs();
  await work();
  return (records * SECOND_NS) / (nowNs() - startedNs);
}

async function produce(side: ClientSide, topic: string): Promise<void> {
  let left = RECORDS;
  const sendOn = async () => {
    while (left > 0) {
      left -= BATCH_RECORDS;
      await side.send(topic, valuesOf(BATCH_RECORDS));
    }
  };
  await Promise.all(Array.from({ length: UNDER_WAY_MAX }, sendOn));
}

/** From when it may read, so without joining a group, until it has the last. */
async function consume(side: ClientSide, topic: string): Promise<number> {
  const ended = Promise.withResolvers<number>();
  let [count, sum] = [0, 0];
  const reading = await side.read(topic, value => {
    sum += value[8]!;
    if (++count === RECORDS) ended.resolve(nowNs());
  });
  const endedNs = await orLate(ended.promise, () => `${side.name}: ${count} of ${RECORDS} read`);
  await reading.close();
  if (sum === 0) throw new OutriderError('bad-data', `${side.name} read values of zeros`);
  return (RECORDS * SECOND_NS) / (endedNs - reading.startedNs);
}

async function transact(side: ClientSide, topic: string): Promise<void> {
  for (let at = 0; at < TRANSACTIONS; at++) await side.transact(topic, valuesOf(BATCH_RECORDS));
}

/** From before each call that sends one record until the reader has it. */
async function latenciesNs(side: ClientSide, topic: string): Promise<number[]> {
  const seen: number[] = [];
  const ended = Promise.withResolvers<number>();
  const reading = await side.read(topic, value => {
    const sentNs = new DataView(value.buffer, value.byteOffset).getFloat64(0);
    seen.push(nowNs() - sentNs);
    if (seen.length === STEADY_RECORDS) ended.resolve(0);
  });
  const startedNs = nowNs();
  const sends: Promise<void>[] = [];
  while (sends.length < STEADY_RECORDS) {
    const dueNs = startedNs + (sends.length * SECOND_NS) / STEADY_PER_SECOND;
    if (dueNs > nowNs()) await wait(1);
    else sends.push(side.send(topic, valuesOf(1)));
  }
  await Promise.all(sends);
  await orLate(ended.promise, () => `${side.name}: ${seen.length} of ${STEADY_RECORDS} came`);
  await reading.close();
  return seen;
}

function valuesOf(count: number): Buffer[] {
  return Array.from({ length: count }, () => {
    const value = Buffer.allocUnsafe(VALUE_BYTES).fill(1);
    value.writeDoubleBE(nowNs(), 0);
    return value;
  });
}

async function orLate<Value>(promise: Promise<Value>, what: () => string): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const message = `${what()} within ${PATIENCE_MS / 1_000} s`;
    late.reject(new OutriderError('network', message));
  }, PATIENCE_MS);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
