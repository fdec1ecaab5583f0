/** Snapshots and versions of a gateway process: from a bad one it would trade on nonsense. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { compareRun } from './compare.ts';
import { checkReceived } from './remote-fix-checker.ts';
import {
  openProcesses,
  openTrader,
  type Process,
  type Processes,
  type Trader,
} from './remote-processes.ts';
import { replayGateway } from './replay-logs.ts';
import { examineAll, replayFromSnapshot } from './snapshot-replay.ts';

const WAIT = { timeout: 30_000, interval: 20 };
const TEST_MS = 600_000;
const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

type World = { processes: Processes; feedPort: number; desk: Trader | undefined };

async function openWorld(): Promise<World> {
  const processes = openProcesses();
  opened.push(processes);
  return { processes, feedPort: (await processes.venue()).feedPort, desk: undefined };
}

const ordersIn = ({ processes }: World) =>
  checkReceived(processes.received()).messages.filter(each => each.get(35) === 'D').length;

/** Some more orders through a gateway of these options. */
async function trade(world: World, parameters: string[], orders = 8): Promise<Process> {
  const gateway = await world.processes.gateway(parameters);
  if (world.desk === undefined) {
    world.desk = await openTrader(world.feedPort, gateway.port);
    opened.push(world.desk);
  }
  const { desk } = world;
  await vi.waitFor(() => expect(desk.link.state).toBe('up'), WAIT);
  await vi.waitFor(() => expect(desk.quotes.every(Boolean)).toBe(true), WAIT);
  const before = ordersIn(world);
  let turn = 0;
  await vi.waitFor(() => {
    turn++;
    desk.wish(0, { lots: 2 * ((turn % 3) - 1), style: 'cross', offset: 3 });
    expect(ordersIn(world)).toBeGreaterThan(before + orders);
  }, WAIT);
  return gateway;
}

async function ended(gateway: Process, signal: 'SIGTERM' | 'SIGKILL'): Promise<string> {
  gateway.kill(signal);
  expect(await gateway.exited).toBe(signal === 'SIGTERM' ? 0 : null);
  return gateway.stderr;
}

it(
  'a gateway goes on from the newest good snapshot, and sends what the whole log gives',
  async () => {
    const world = await openWorld();
    const { directory } = world.processes;
    const logDirectory = join(directory, 'gateway.log');
    const every = ['--snapshot-records', '15'];
    await ended(await trade(world, every, 20), 'SIGKILL');
    const files = () => readdirSync(join(directory, 'snapshots')).sort();
    await vi.waitFor(() => expect(files().length).toBeGreaterThan(0), WAIT);
    const said = await ended(await trade(world, every), 'SIGTERM');
    expect(said).toMatch(/goes on from the snapshot at record \d+/);
    expect(files().length).toBeLessThanOrEqual(3);

    // The last was taken at the end; one byte of it changes, and half another is left behind.
    const newest = join(directory, 'snapshots', files().at(-1)!);
    const bytes = readFileSync(newest);
    bytes[1_000]! ^= 1;
    writeFileSync(newest, bytes);
    writeFileSync(`${newest}.tmp`, bytes.subarray(0, 10));
    const second = await ended(await trade(world, every), 'SIGTERM');
    expect(second).toContain('passed over');
    expect(second).toMatch(/goes on from the snapshot at record \d+/);

    expect(checkReceived(world.processes.received()).problems).toEqual([]);
    const compared = compareRun(directory);
    expect(compared).toMatchObject({ kind: 'identical' });
    const tail = replayFromSnapshot(logDirectory)!;
    expect(tail.chain).toEqual(compared.chain);
    expect(tail.records).toBeLessThan(10);
    const examined = examineAll(logDirectory);
    expect(examined.filter(each => 'snapshot' in each).length).toBeGreaterThan(0);
  },
  TEST_MS,
);

it(
  'a gateway is switched to another version of step and back, and its log replays',
  async () => {
    const world = await openWorld();
    const { directory } = world.processes;
    for (const version of ['1', '2', '1']) {
      await ended(await trade(world, ['--step-version', version], 3), 'SIGTERM');
    }
    const switches: number[] = [];
    const { state } = replayGateway(join(directory, 'gateway.log'), {
      ...{ connected() {}, message() {}, signal() {} },
      stepped: (_, __, record) => {
        if (record.kind === 'step-version') switches.push(record.version);
      },
    });
    expect(switches).toEqual([2, 1]);
    expect(state.stepVersion).toBe(1);
    expect(compareRun(directory)).toMatchObject({ kind: 'identical' });
    const unknown = await world.processes.gateway(['--step-version', '99']);
    expect(await unknown.exited).toBe(2);
    expect(unknown.stderr).toContain('stepVersion: 99 is not known; give 1 or 2');
  },
  TEST_MS,
);
