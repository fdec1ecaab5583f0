/** How long nobody trades when a node of a pair fails, under load, takeover after takeover. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openTrader, type Trader } from '#cli';
import {
  MILLISECOND_NS,
  midnightBefore,
  type Nanoseconds,
  OutriderError,
  wallClock,
} from '#engine';
import { measureTakeovers, type TakeoverInput } from './runner/measure/takeovers.ts';
import { type Pair, type PairPlace, startPair } from './runner/play/pair.ts';
import { type ManagedProcess, startProcess } from './runner/play/process.ts';

export type TakeoverOptions = {
  rounds: number;
  /** `kill`: SIGKILL; `stop`: SIGSTOP, upon which the watchdog kills. */
  kind: 'kill' | 'stop';
  leaseMs: number;
  print(line: string): void;
};

/** Wishes change so often: so much later than it could a new order may come. */
const WISH_MS = 5;
/** Trading between a node's return and the next failure. */
const CALM_MS = 300;
const AFTER_MS = 1500;
/** Whoever crosses the spread all the time loses: no limit is to end that. */
const LIMITS = [
  ...['--orders-per-second', '100000', '--position-lots', '100000'],
  ...['--daily-loss', '1000000000', '--trailing-drawdown', '1000000000'],
];

/** Prints each percentile in milliseconds, and keeps all values in runs/takeover-TIME. */
export async function benchTakeovers(options: TakeoverOptions): Promise<void> {
  const { rounds, kind, leaseMs, print } = options;
  const directory = join('runs', `takeover-${new Date().toISOString().replaceAll(':', '-')}`);
  mkdirSync(directory, { recursive: true });
  const originNs = midnightBefore(BigInt(Date.now()) * BigInt(MILLISECOND_NS));
  const clock = wallClock(originNs);
  const world = await startWorld(directory, leaseMs);
  const failedNs: Nanoseconds[] = [];
  const measured = () => takeoversMs(directory, { failedNs, originNs, beginNs: 0 });
  const trading = keepTrading(world.trader);
  try {
    await pause(CALM_MS);
    for (let round = 1; round <= rounds; round++) {
      await world.pair.fail(kind);
      failedNs.push(clock.nowNs());
      await pause(AFTER_MS);
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
  }
  const valuesMs = measured().sort((a, b) => a - b);
  writeFileSync(
    join(directory, 'result.json'),
    `${JSON.stringify({ kind, leaseMs, rounds, valuesMs })}\n`,
  );
  if (valuesMs.length === 0) throw new OutriderError('bad-data', `${directory}: no takeover`);
  print(takeoverLine(kind, valuesMs));
  if (valuesMs.length === failedNs.length) return;
  print(`${failedNs.length - valuesMs.length} without a new order in time`);
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

type World = { pair: Pair; trader: Trader; stop(): Promise<void> };

async function startWorld(directory: string, leaseMs: number): Promise<World> {
  const servers: ManagedProcess[] = [];
  const start = async (name: string, parameters: string[]) => {
    const process = await startProcess({
      ...{ name, parameters, isServer: true, logFile: join(directory, `${name}.log`) },
      onCrash: text => console.error(text),
    });
    return process;
  };
  const at = (port: number) => `127.0.0.1:${port}`;
  const lease = ['--lease-ms', String(leaseMs)];
  const out = (name: string) => ['--out', join(directory, name)];
  const listen = ['--listen', at(0)];
  const venue = await start('venue', ['venue', ...listen, '--feed', at(0), '--out', directory]);
  const witness = await start('witness', ['witness', ...listen, ...out('W'), ...lease]);
  servers.push(venue, witness);
  const node = (name: string, { edge, replicate, standbyOf }: PairPlace) =>
    start(`node-${name}`, [
      ...['watchdog', 'gateway', '--listen', at(edge), '--venue', at(venue.ports.port!)],
      ...[...out(name), '--node', name, '--replicate', at(replicate), ...lease, ...LIMITS],
      ...['--witness', at(witness.ports.port!)],
      ...(standbyOf === undefined ? [] : ['--standby-of', at(standbyOf)]),
    ]);
  const pair = await startPair({ start: node });
  const [first, second] = pair.edgePorts as [number, number];
  const trader = await openTrader(venue.ports.feedPort!, first, { otherPort: second });
  return {
    ...{ pair, trader },
    async stop() {
      trader.close();
      await pair.stop();
      for (const server of servers) await server.stop();
    },
  };
}

/** Wants another position every few milliseconds, at once. */
function keepTrading(trader: Trader): { stop(): void } {
  let turn = 0;
  const timer = setInterval(() => {
    const instrument = ++turn % 2;
    if (trader.quotes[instrument] === undefined) return;
    trader.wish(instrument, { lots: (turn % 7) - 3, style: 'cross', offset: 3 });
  }, WISH_MS);
  return { stop: () => clearInterval(timer) };
}

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
