/** How long nobody trades when a node of a pair fails, under load, takeover after takeover. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { ratioOf } from '#bench';
import {
  MILLISECOND_NS,
  midnightBefore,
  type Nanoseconds,
  OutriderError,
  wallClock,
} from '#engine';
import { connectPlatformatic } from '#engine/broker';
import { startKafka } from '#engine/testing/kafka';
import type { Sample } from './runner/measure/metric.ts';
import { measureTakeovers, type TakeoverInput } from './runner/measure/takeovers.ts';
import { NODES } from './runner/play/pair.ts';
import { keepWishing, startTakeoverWorld } from './takeover-world.ts';

export type TakeoverOptions = {
  rounds: number;
  /** `kill`: SIGKILL; `stop`: SIGSTOP, upon which the watchdog kills. */
  kind: 'kill' | 'stop';
  leaseMs: number;
  /** The log of both is a topic of a Kafka that is started, in place of a witness. */
  isOnTopic: boolean;
  print(line: string): void;
};

/** Trading between a node's return and the next failure. */
const CALM_MS = 300;
const AFTER_MS = 1500;
/** A topic tells of no death: its silence is waited for. */
const AFTER_SILENCE_MS = 6000;
/** So many leases after it was heard last a node is taken for one that trades no more. */
const SILENCE = 9 / 8;

/**
 * Prints each percentile in milliseconds, a half of the rounds over the other, and the load; keeps
 * all values in runs/takeover-TIME.
 */
export async function benchTakeovers(options: TakeoverOptions): Promise<void> {
  const { rounds, kind, leaseMs, isOnTopic, print } = options;
  const directory = join('runs', `takeover-${new Date().toISOString().replaceAll(':', '-')}`);
  mkdirSync(directory, { recursive: true });
  const loads = [loadavg()[0]!];
  const originNs = midnightBefore(BigInt(Date.now()) * BigInt(MILLISECOND_NS));
  const clock = wallClock(originNs);
  const kafka = isOnTopic ? await startKafka() : undefined;
  const topic = kafka && (await makeTopic(kafka.addresses));
  const world = await startTakeoverWorld({ directory, leaseMs, topic, isWatched: !isOnTopic });
  const failedNs: Nanoseconds[] = [];
  const measured = () => takeoversMs(directory, { failedNs, originNs, beginNs: 0 });
  const trading = keepWishing(world.trader);
  try {
    await pause(CALM_MS);
    for (let round = 1; round <= rounds; round++) {
      await world.pair.fail(kind);
      failedNs.push(clock.nowNs());
      await pause(isOnTopic ? AFTER_SILENCE_MS : AFTER_MS);
      await world.pair.rejoin();
      print(`${round} of ${rounds}: ${lastMs(measured(), round)}`);
      await pause(CALM_MS);
    }
  } catch (error) {
    if (!(error instanceof OutriderError)) throw error;
    print(`ends after ${failedNs.length} of ${rounds} takeovers: ${error.message}`);
  } finally {
    trading.stop();
    await world.stop();
    await kafka?.stop();
  }
  loads.push(loadavg()[0]!);
  const valuesMs = measured();
  const result = `${JSON.stringify({ kind, isOnTopic, leaseMs, rounds, valuesMs, loads })}\n`;
  writeFileSync(join(directory, 'result.json'), result);
  if (valuesMs.length === 0) throw new OutriderError('bad-data', `${directory}: no takeover`);
  const sortedMs = valuesMs.toSorted((one, other) => one - other);
  print(takeoverLine(kind, sortedMs));
  if (valuesMs.length > 1) print(sameLine(valuesMs));
  if (isOnTopic) print(`of that ${SILENCE * leaseMs} ms are a lease and an eighth of silence`);
  print(`load ${loads.map(load => load.toFixed(2)).join(' before, ')} after`);
  if (valuesMs.length === failedNs.length) return;
  print(`${failedNs.length - valuesMs.length} without a new order in time`);
}

async function makeTopic(addresses: readonly string[]) {
  const name = 'gateway-standby';
  const broker = await connectPlatformatic({ addresses });
  const config = { 'retention.ms': '-1' };
  await broker.admin.createTopics([{ topic: name, partitions: 1, replicas: 1, config }]);
  await broker.close();
  return { name, brokers: addresses.join(',') };
}

/** Nothing where no new order was acknowledged before the node came back. */
const lastMs = (valuesMs: readonly number[], round: number) =>
  valuesMs.length === round ? `${valuesMs.at(-1)!.toFixed(0)} ms` : 'no new order in time';

type Failures = Pick<TakeoverInput, 'failedNs' | 'originNs' | 'beginNs'>;

/** Of those so far, in order: of the node's log that has more, for the other may lag behind. */
function takeoversMs(directory: string, failures: Failures): number[] {
  const received = readFileSync(join(directory, 'fix', 'venue-received.fix'), 'latin1');
  const [one, other] = NODES.map(name =>
    measureTakeovers({ folder: join(directory, name), received, ...failures }),
  ) as [Sample[], Sample[]];
  const samples = one.length < other.length ? other : one;
  return samples.map(({ value }) => value / MILLISECOND_NS);
}

/** Every second round over the one before: what the machine does to the median by itself. */
function sameLine(valuesMs: readonly number[]): string {
  const pairs = Array.from({ length: valuesMs.length >> 1 }, (_, at) => {
    return [valuesMs[2 * at]!, valuesMs[2 * at + 1]!] as const;
  });
  const { ratio, low, high } = ratioOf(pairs);
  const [text, from, to] = [ratio, low, high].map(each => each.toFixed(2));
  return `A/A, p50 of every second over the others: ${text} (${from}..${to})`;
}

/** Percentiles are values that were seen: the smallest that so many are not above. */
export function takeoverLine(kind: string, sortedMs: readonly number[]): string {
  const at = (percent: number) =>
    sortedMs[Math.max(0, Math.ceil((percent / 100) * sortedMs.length) - 1)]!.toFixed(0);
  const figures = `p50 ${at(50)} ms, p90 ${at(90)} ms, p99 ${at(99)} ms, max ${at(100)} ms`;
  return `${kind}: ${sortedMs.length} takeovers to the first new order acknowledged: ${figures}`;
}

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
