/**
 * A gateway of its own in this process, and how long a signal takes to the venue's socket.
 *
 *     node bench/gateway/signal-to-wire.ts PORT FOLDER [fsync]
 *
 * From before the signal is handed to the gateway until its order is handed to the socket. In
 * between lie the log's record and its write (with fsync: until the medium has it), risk and
 * encoding. And until the call that sends it returns: on a core that both share, the venue's turn
 * comes first. One signal at a time: the next follows the report of its fill. Prints one line.
 */

import { join } from 'node:path';
import { loadConfig, startWallGateway, wallTimeOf } from '#cli';
import { type Disk, nodeDisk } from '#engine';
import { isLoggedOn } from '#gateway';
import { LIMITS, percentiles, signalAt, tradedInstrument } from './wire-signals.ts';

const SECONDS_MAX = 60;

/** Each write of the log waits for the medium. */
const syncingDisk: Disk = {
  ...nodeDisk,
  write(file, bytes, position) {
    const written = nodeDisk.write(file, bytes, position);
    nodeDisk.fdatasync(file);
    return written;
  },
};

const [port, folder, policy] = process.argv.slice(2);
if (port === undefined || folder === undefined) throw new Error('give PORT and FOLDER');

const isSynced = policy === 'fsync';
const signals = isSynced ? 3_000 : 22_000;
const warmUp = isSynced ? 500 : 2_000;
const config = loadConfig({ ...LIMITS, out: folder });
const logDirectory = join(folder, 'gateway.log');
const time = wallTimeOf(logDirectory, config, undefined);
const { clock } = time;

const handedNs: number[] = [];
const returnedNs: number[] = [];
let startedMs = 0;
let isWaiting = false;

const live = startWallGateway({
  ...{ time, config, instruments: [tradedInstrument()], logDirectory, deskFile: undefined },
  ...{ venue: { port: Number(port) }, probe: { begin() {}, end() {} } },
  disk: isSynced ? syncingDisk : nodeDisk,
  hold: {
    appended() {},
    stepped() {},
    output(output) {
      if (isWaiting) handedNs.push((performance.now() - startedMs) * 1e6);
      live.release(output);
    },
  },
  onSent() {
    if (isWaiting) returnedNs.push((performance.now() - startedMs) * 1e6);
    isWaiting = false;
  },
  onPosition: (_, lots) => setImmediate(() => signalFor(lots === 0 ? 1 : 0)),
  onEffects({ problems }) {
    for (const text of problems) console.error(text);
  },
  onProblem: text => console.error(text),
});
live.connect();
const begin = setInterval(() => {
  if (!isLoggedOn(live.gateway.state)) return;
  clearInterval(begin);
  signalFor(1);
}, 20);
setTimeout(() => {
  console.error(`${handedNs.length} of ${signals} orders within ${SECONDS_MAX} s`);
  process.exit(1);
}, SECONDS_MAX * 1000).unref();

function signalFor(desiredLots: number): void {
  if (handedNs.length === signals) {
    finish();
    return;
  }
  const signal = signalAt(clock.nowNs(), desiredLots);
  isWaiting = true;
  startedMs = performance.now();
  live.gateway.onSignal(signal);
}

function finish(): void {
  const handed = percentiles(handedNs.slice(warmUp));
  const returned = percentiles(returnedNs.slice(warmUp));
  console.log(JSON.stringify({ orders: signals - warmUp, handed, returned }));
  live.close();
  process.exit(0);
}
