/**
 * The same of a gateway with a standby: a process of its own, over loopback.
 *
 *     node bench/gateway/signal-to-wire-paired.ts PORT FOLDER [BROKERS TOPIC]
 *
 * The order is handed to the socket once the standby has said that it has the record in memory; of
 * a pair on a topic, once the brokers have it.
 * An edge's link in this process begins the log and hears of the fills; the signals themselves are
 * handed to the gateway here, as `signal-to-wire.ts` does. Prints one line, also how long
 * a signal's record is.
 */

import { join } from 'node:path';
import { hostPairedGateway, loadConfig, wallTimeOf } from '#cli';
import { ByteReader, clockFrom, MILLISECOND_NS, readLog, wallTimers } from '#engine';
import { connectGateway, isLoggedOn, readGatewayRecord } from '#gateway';
import { startProgram } from '../replay/program.ts';
import { ROOT } from '../replay/results.ts';
import { LIMITS, percentiles, signalAt, tradedInstrument } from './wire-signals.ts';

const SIGNALS = 6_000;
const WARM_UP = 1_000;
const SECONDS_MAX = 80;
const LOOPBACK = '127.0.0.1';
/** A machine at work would lose a shorter one, and trade no more. */
const LEASE_MS = 5_000;

const [port, folder, brokers, topicName = ''] = process.argv.slice(2);
if (port === undefined || folder === undefined) throw new Error('give PORT and FOLDER');

const topic =
  brokers === undefined ? undefined : { topic: topicName, brokers, security: undefined };
const directory = join(folder, 'primary');
const config = loadConfig({ ...LIMITS, out: directory });
const onProblem = (text: string) => console.error(text);
const host = await hostPairedGateway({
  ...{ listen: { host: LOOPBACK, port: 0 }, venue: { port: Number(port) } },
  ...{ directory, config, onProblem },
  pair: {
    ...{ node: 'primary', instance: 'bench', replicate: { host: LOOPBACK, port: 0 } },
    ...{ standbyOf: undefined, witness: undefined, topic, leaseNs: LEASE_MS * MILLISECOND_NS },
    ...{ durability: 'memory', aloneAfterNs: undefined },
  },
});
const standby = startProgram({
  ...{ name: 'standby', folder: ROOT },
  command: [
    ...([process.execPath, join(ROOT, 'cli', 'main.ts'), 'gateway', '--node', 'standby'] as const),
    ...(brokers === undefined
      ? ['--standby-of', `${LOOPBACK}:${host.replicationPort}`]
      : ['--standby-topic', topicName, '--brokers', brokers]),
    ...['--replicate', `${LOOPBACK}:0`],
    ...['--lease-ms', String(LEASE_MS)],
    ...['--listen', `${LOOPBACK}:0`, '--venue', `${LOOPBACK}:${port}`],
    ...['--out', join(folder, 'standby'), '--position-lots', String(LIMITS.positionLots)],
    ...['--order-value', String(LIMITS.orderValue), '--daily-loss', String(LIMITS.dailyLoss)],
    ...['--orders-per-second', String(LIMITS.ordersPerSecond)],
    ...['--collar-basis-points', String(LIMITS.collarBasisPoints)],
    ...['--trailing-drawdown', String(LIMITS.trailingDrawdown)],
  ],
});

const handedNs: number[] = [];
let startedMs = 0;
let isWaiting = false;
let isTrading = false;
/** Of the log, once it is begun. */
let clock = clockFrom(0);

const linkClock = clockFrom(0);
const link = connectGateway({
  ...{ host: LOOPBACK, port: host.port, instruments: [tradedInstrument()], onProblem },
  ...{ clock: linkClock, timers: wallTimers(linkClock) },
  onPosition(_, lots) {
    if (isTrading) setImmediate(() => signalFor(lots === 0 ? 1 : 0));
  },
});
const begin = setInterval(() => {
  const live = host.live();
  if (live === undefined || !isLoggedOn(live.gateway.state)) return;
  clearInterval(begin);
  const { release } = live;
  live.release = output => {
    if (isWaiting) handedNs.push((performance.now() - startedMs) * 1e6);
    isWaiting = false;
    release(output);
  };
  clock = wallTimeOf(join(directory, 'gateway.log'), config, undefined).clock;
  isTrading = true;
  signalFor(1);
}, 20);
setTimeout(() => {
  console.error(`${handedNs.length} of ${SIGNALS} orders within ${SECONDS_MAX} s`);
  standby.kill('SIGKILL');
  process.exit(1);
}, SECONDS_MAX * 1000).unref();

function signalFor(desiredLots: number): void {
  if (handedNs.length === SIGNALS) {
    void finish();
    return;
  }
  const signal = signalAt(clock.nowNs(), desiredLots);
  isWaiting = true;
  startedMs = performance.now();
  host.live()!.gateway.onSignal(signal);
}

async function finish(): Promise<void> {
  isTrading = false;
  const handed = percentiles(handedNs.slice(WARM_UP));
  const recordBytes = signalRecordBytes();
  console.log(JSON.stringify({ orders: SIGNALS - WARM_UP, handed, recordBytes }));
  link.close();
  standby.kill('SIGKILL');
  await standby.exited;
  process.exit(0);
}

/** Of the first in the log: what had to be elsewhere before its order left. */
function signalRecordBytes(): number {
  for (const { payload } of readLog({ directory: join(directory, 'gateway.log') })) {
    const reader = new ByteReader();
    reader.reset(payload);
    if (readGatewayRecord(reader).kind === 'signal') return payload.length;
  }
  throw new Error('no signal in the log');
}
