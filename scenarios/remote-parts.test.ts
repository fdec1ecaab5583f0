/** Without these, a run could fail to join the processes of others, or outlive none of them. */
import { cpSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { type Report, reportSchema } from '#bench';
import { checkReceived } from '#cli';
import { ByteReader, clockFrom, DAY_NS, readLog, wallTimers } from '#engine';
import { readGatewayRecord } from '#gateway';
import { loadReferenceData, publishFeed, referenceInstrument } from '#market';
import { type RunningCommand, runCommand, startCommand, startServer } from './command.ts';

const WAIT = { timeout: 60_000, interval: 20 };
const TEST_MS = 600_000;
/** Small parents and many of them, so that orders come soon. */
const BUSY = ['--parent-seconds', '2', '--slices', '4', '--parent-lots', '20'];

const opened: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

/** A folder, and the processes of a test, which end with it by their own ids. */
function openWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'outrider-parts-'));
  const kept = <Command extends RunningCommand>(command: Command): Command => {
    opened.push(() => {
      command.kill('SIGKILL');
      return command.done;
    });
    return command;
  };
  const serve = async (name: string, parameters: string[]) =>
    kept(await startServer([name, ...parameters]));
  return {
    run: join(folder, 'run'),
    gatewayFolder: join(folder, 'gateway'),
    verifier: () => serve('verifier', ['--listen', '127.0.0.1:0']),
    /** On the ports of the one before, where one was there before. */
    venue: ({ port, feedPort } = { port: 0, feedPort: 0 }, given: string[] = []) =>
      serve('venue', [
        ...['--listen', `127.0.0.1:${port}`, '--feed', `127.0.0.1:${feedPort}`],
        ...['--out', join(folder, 'venue'), ...given],
      ]),
    gateway: (venuePort: number, port = 0) =>
      serve('gateway', [
        ...['--listen', `127.0.0.1:${port}`, '--venue', `127.0.0.1:${venuePort}`],
        ...['--out', join(folder, 'gateway')],
      ]),
    start: (given: string[]) =>
      kept(startCommand(['run', '--out', join(folder, 'run'), ...BUSY, ...given])),
    /** What the venue process has received so far. */
    received: () => readFileSync(join(folder, 'venue', 'fix', 'venue-received.fix'), 'latin1'),
  };
}

const at = (port: number) => `127.0.0.1:${port}`;

const reportOf = (folder: string): Report =>
  reportSchema.parse(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')));

const newOrders = (fix: string) =>
  checkReceived(fix).messages.filter(message => message.get(35) === 'D').length;

function signalsIn(directory: string): number {
  const reader = new ByteReader();
  let signals = 0;
  for (const { payload } of readLog({ directory })) {
    reader.reset(payload);
    if (readGatewayRecord(reader).kind === 'signal') signals++;
  }
  return signals;
}

/** Every process that the command started while it ran, from the system's own table. */
async function childrenOf({ pid, done }: RunningCommand): Promise<Set<string>> {
  const seen = new Set<string>();
  let isOver = false;
  void done.then(() => {
    isOver = true;
  });
  while (!isOver) {
    const file = `/proc/${pid}/task/${pid}/children`;
    const children = existsSync(file) ? readFileSync(file, 'utf8').split(' ') : [];
    for (const child of children) if (child !== '') seen.add(child);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  return seen;
}

it(
  'runs against a feed, a verifier and a gateway of other processes, and says who counts orders',
  async () => {
    const world = openWorld();
    const [venue, verifier] = await Promise.all([world.venue(), world.verifier()]);
    const gateway = await world.gateway(venue.port);
    const parts = ['--feed', at(venue.feedPort), '--gateway', at(gateway.port)];
    const run = world.start([...parts, '--verifier', at(verifier.port), '--duration', '8s']);
    const children = await childrenOf(run);
    const { status, stdout } = await run.done;
    expect(status).toBe(0);
    expect(children).toEqual(new Set());
    expect(stdout).toContain(`counted elsewhere, by the gateway at ${at(gateway.port)}`);
    const { orders, position, digests, forecasts, ticks } = reportOf(world.run);
    expect(orders).toMatchObject({ countedElsewhere: at(gateway.port), sent: null, filled: null });
    expect(position).toEqual({ SIMA: null, SIMB: null });
    expect(digests).toMatchObject({ gatewayLog: null, fixOutbound: null });
    expect(forecasts.hits).toBeGreaterThan(0);
    expect(ticks.taken).toBeGreaterThan(100);
    gateway.kill('SIGTERM');
    expect((await gateway.done).status).toBe(0);
    expect(signalsIn(join(world.gatewayFolder, 'gateway.log'))).toBeGreaterThan(0);
    expect(newOrders(world.received())).toBeGreaterThan(0);
    expect(checkReceived(world.received()).problems).toEqual([]);

    for (const name of ['gateway.log', 'fix'])
      expect(existsSync(join(world.run, name))).toBe(false);
    const ofRun = await runCommand(['replay', world.run]);
    expect(ofRun.status).toBe(2);
    expect(ofRun.stderr).toContain(`was elsewhere, at ${at(gateway.port)}`);
    expect(ofRun.stderr).toContain('replay the folder that its --out named');
    const ofGateway = await runCommand(['replay', world.gatewayFolder]);
    expect(ofGateway.stdout).toMatch(/^identical: \d+ messages, .* what was sent/);
  },
  TEST_MS,
);

it(
  'lives on when its gateway is killed and comes back, and trades again',
  async () => {
    const world = openWorld();
    const [venue, verifier] = await Promise.all([world.venue(), world.verifier()]);
    let gateway = await world.gateway(venue.port);
    const parts = ['--feed', at(venue.feedPort), '--gateway', at(gateway.port)];
    const run = world.start([...parts, '--verifier', at(verifier.port)]);
    await vi.waitFor(() => expect(newOrders(world.received())).toBeGreaterThan(0), WAIT);
    gateway.kill('SIGKILL');
    await gateway.done;
    const before = newOrders(world.received());
    gateway = await world.gateway(venue.port, gateway.port);
    await vi.waitFor(() => expect(newOrders(world.received())).toBeGreaterThan(before), WAIT);
    run.kill('SIGTERM');
    const { status, stdout } = await run.done;
    expect(status).toBe(0);
    expect(stdout).toContain(`gateway ${at(gateway.port)}: `);
    expect(checkReceived(world.received()).problems).toEqual([]);
  },
  TEST_MS,
);

it(
  'trades at a venue of another process, and replays against what it sent there',
  async () => {
    const world = openWorld();
    const venue = await world.venue();
    const run = world.start(['--venue', at(venue.port), '--duration', '8s']);
    expect((await run.done).status).toBe(0);
    const { orders, latencyNs, position } = reportOf(world.run);
    expect(orders.countedElsewhere).toBe(null);
    expect(orders.sent).toBeGreaterThan(0);
    expect(orders.sent).toBe(newOrders(world.received()));
    expect(Object.keys(position)).toEqual(['SIMA', 'SIMB']);
    // The gateway keeps the wall's time, a second or more ahead of the run's own.
    expect(latencyNs['tick-to-order']!.p50).toBeLessThan(900_000_000);
    expect(existsSync(join(world.run, 'fix', 'venue-received.fix'))).toBe(false);
    const outbound = join(world.run, 'fix', 'outbound.fix');
    expect(readFileSync(outbound, 'latin1')).toBe(world.received());
    const replayed = await runCommand(['replay', world.run]);
    expect(replayed.stdout).toMatch(/^identical: \d+ messages, .* what was sent/);
    const copy = `${world.run}-changed`;
    cpSync(world.run, copy, { recursive: true });
    const changed = world.received().replace('\u000138=', '\u000138=9');
    writeFileSync(join(copy, 'fix', 'outbound.fix'), changed, 'latin1');
    expect(await runCommand(['replay', copy])).toMatchObject({ status: 1 });
  },
  TEST_MS,
);

it(
  'asks a verifier of another process and starts none of its own',
  async () => {
    const world = openWorld();
    const verifier = await world.verifier();
    const run = world.start(['--verifier', at(verifier.port), '--duration', '8s']);
    const children = await childrenOf(run);
    expect((await run.done).status).toBe(0);
    expect(children).toEqual(new Set());
    const { forecasts, speculation } = reportOf(world.run);
    expect(speculation.verdicts).toBeGreaterThan(0);
    expect(forecasts.hits).toBeGreaterThan(0);
    expect(forecasts.verified).toBeGreaterThanOrEqual(forecasts.hits);
    expect((await runCommand(['replay', world.run])).stdout).toMatch(/^identical: \d+ messages/);
  },
  TEST_MS,
);

it(
  'begins new epochs when its feed is lost and comes back, and ends when the feed is over',
  async () => {
    const world = openWorld();
    let venue = await world.venue();
    const run = world.start(['--feed', at(venue.feedPort)]);
    await vi.waitFor(() => expect(run.stdout).toMatch(/\d:\d\d ticks [1-9]/), WAIT);
    venue.kill('SIGKILL');
    await venue.done;
    venue = await world.venue(venue, ['--duration', '5s']);
    const { status, stdout } = await run.done;
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`feed ${at(venue.feedPort)}: .*; connecting again`));
    expect(stdout).toContain('feed back: each instrument begins a new epoch');
    const { ticks } = reportOf(world.run);
    expect(ticks.instruments.map(({ epochs }) => epochs)).toEqual([2, 2]);
    const moves = ticks.instruments.reduce((sum, one) => sum + one.moves, 0);
    expect(moves).toBe(ticks.moves);
    expect((await runCommand(['replay', world.run])).stdout).toMatch(/^identical: \d+ messages/);
  },
  TEST_MS,
);

it(
  'ends with its reports and an error when another feed is in the place of its own',
  async () => {
    const world = openWorld();
    const clock = clockFrom(0);
    const rows = loadReferenceData();
    const instruments = [referenceInstrument(rows, { symbol: 'SIMA', date: '2024-05-02' })!];
    let subscribers = 0;
    const publish = (port: number, originNs: bigint) =>
      publishFeed({
        ...{ port, originNs, instruments, clock, timers: wallTimers(clock) },
        positionNs: () => clock.nowNs(),
        onSubscribed: () => void subscribers++,
        onGone() {},
      });
    const first = await publish(0, 0n);
    const run = world.start(['--feed', at(first.port)]);
    await vi.waitFor(() => expect(subscribers).toBe(1), WAIT);
    await first.close();
    const second = await publish(first.port, BigInt(DAY_NS));
    opened.push(() => second.close());
    const { status, stderr } = await run.done;
    expect(stderr).toMatch(/another one than before: its origin is .*; start the run again/);
    expect(status).toBe(1);
    expect(reportOf(world.run).ticks.taken).toBe(0);
    expect((await runCommand(['replay', world.run])).stdout).toMatch(/^identical: \d+ messages/);
  },
  TEST_MS,
);
