/** How long nobody trades when a node of a pair fails, under load, takeover after takeover. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  MILLISECOND_NS,
  midnightBefore,
  type Nanoseconds,
  OutriderError,
  wallClock,
} from '#engine';
import { connectPlatformatic } from '#engine/broker';
import { startKafka } from '#engine/testing/kafka';
import { measureTakeovers, type TakeoverInput } from './runner/measure/takeovers.ts';
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
/** Prints each percentile in milliseconds, and keeps all values in runs/takeover-TIME. */
export async function benchTakeovers(options: TakeoverOptions): Promise<void> {
  const { rounds, kind, leaseMs, isOnTopic, print } = options;
  const directory = join('runs', `takeover-${new Date().toISOString().replaceAll(':', '-')}`);
  mkdirSync(directory, { recursive: true });
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
  const valuesMs = measured().sort((a, b) => a - b);
  writeFileSync(
    join(directory, 'result.json'),
    `${JSON.stringify({ kind, isOnTopic, leaseMs, rounds, valuesMs })}\n`,
  );
  if (valuesMs.length === 0) throw new OutriderError('bad-data', `${directory}: no takeover`);
  print(takeoverLine(kind, valuesMs));
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

/** Of those so far, in order: both nodes have one log. */
function takeoversMs(directory: string, failures: Failures): number[] {
  const received = readFileSync(join(directory, 'fix', 'venue-received.fix'), 'latin1');
  const samples = measureTakeovers({ folder: join(directory, 'A'), received, ...failures });
  return samples.map(({ value }) => value / MILLISECOND_NS);
}

/** Percentiles are values that were seen: the smallest that so many are not above. */
export function takeoverLine(kind: string, sortedMs: readonly number[]): string {
  const at = (percent: number) =>
    sortedMs[Math.max(0, Math.ceil((percent / 100) * sortedMs.length) - 1)]!.toFixed(0);
  const figures = `p50 ${at(50)} ms, p90 ${at(90)} ms, p99 ${at(99)} ms, max ${at(100)} ms`;
  return `${kind}: ${sortedMs.length} takeovers to the first new order acknowledged: ${figures}`;
}

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
