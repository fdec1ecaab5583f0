/** Two gateway processes and a witness: what a death, a hang or a cut of one may not cost. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { clockFrom, logDigest, wallTimers } from '#engine';
import { askPeer, type NodeReport } from '#gateway';
import { freePorts } from './free-ports.ts';
import { checkReceived } from './remote-fix-checker.ts';
import {
  openProcesses,
  openTrader,
  type Process,
  type Processes,
  type Trader,
} from './remote-processes.ts';

const WAIT = { timeout: 30_000, interval: 20 };
const TEST_MS = 180_000;
/** Long enough for a machine that others use as well. */
const LEASE = ['--lease-ms', '3000'];

const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

const at = (port: number) => `127.0.0.1:${port}`;

type Name = 'A' | 'B';

type PairWorld = Processes & {
  readonly trader: Trader;
  readonly folders: Record<Name, string>;
  /** By a watchdog, whose own end is the process's. */
  startNode(name: Name, further?: string[]): Promise<Process>;
  readonly first: Process;
  readonly second: Process;
  follow(name: Name): string[];
  promote(name: Name, operator: string): Promise<NodeReport>;
  status(name: Name): Promise<NodeReport>;
  inSync(): Promise<void>;
};

type Setting = { hasWitness?: boolean; alone?: string };

async function openPair({ hasWitness = true, alone = 'no' }: Setting = {}): Promise<PairWorld> {
  const world = openProcesses();
  opened.push(world);
  const venue = await world.venue();
  const witness = hasWitness
    ? await world.start([
        'witness',
        '--listen',
        at(0),
        '--out',
        join(world.directory, 'W'),
        ...LEASE,
      ])
    : undefined;
  // Last, or one that listens where it likes would take one of them.
  const [edgeA, edgeB, peerA, peerB] = (await freePorts(4)) as [number, number, number, number];
  const edges: Record<Name, number> = { A: edgeA, B: edgeB };
  const peers: Record<Name, number> = { A: peerA, B: peerB };
  const folders = { A: join(world.directory, 'A'), B: join(world.directory, 'B') };
  const startNode = (name: Name, further: string[] = []) => {
    mkdirSync(folders[name], { recursive: true });
    return world.start([
      ...['watchdog', 'gateway', '--listen', at(edges[name]), '--venue', at(venue.port)],
      ...['--out', folders[name], '--node', name, '--replicate', at(peers[name]), ...LEASE],
      ...(witness ? ['--witness', at(witness.port), '--alone', alone] : []),
      ...further,
    ]);
  };
  const follow = (name: Name) => ['--standby-of', at(peers[name === 'A' ? 'B' : 'A'])];
  const clock = clockFrom(0);
  const timers = wallTimers(clock);
  const place = (name: Name) => ({ host: '127.0.0.1', port: peers[name], clock, timers });
  const status = (name: Name) => askPeer({ kind: 'status' }, place(name));
  const [first, second] = await Promise.all([startNode('A'), startNode('B', follow('B'))]);
  const trader = await openTrader(venue.feedPort, edges.A, edges.B);
  opened.push(trader);
  const pair: PairWorld = {
    ...{ ...world, trader, folders, status, first, second, follow },
    promote: (name, operator) => askPeer({ kind: 'promote', operator }, place(name)),
    startNode: (name, further = follow(name)) => startNode(name, further),
    inSync: () =>
      vi.waitFor(async () => {
        const [one, other] = await Promise.all([status('A'), status('B')]);
        expect([one.pairing, other.pairing]).toContain('paired');
      }, WAIT),
  };
  await vi.waitFor(() => expect(trader.quotes.every(Boolean)).toBe(true), WAIT);
  return pair;
}

const ordersIn = (world: Processes) =>
  checkReceived(world.received()).messages.filter(message => message.get(35) === 'D');

/** Wants one thing after the other. */
function keepTrading(trader: Trader): { stop(): void } {
  let turn = 0;
  const timer = setInterval(() => {
    const lots = (++turn % 7) - 3;
    trader.wish(0, { lots: 2 * lots, style: turn % 3 === 0 ? 'cross' : 'join', offset: -2 });
    trader.wish(1, { lots, style: 'cross', offset: 3 });
  }, 25);
  return { stop: () => clearInterval(timer) };
}

const trades = (world: PairWorld, name: Name, epoch: number) =>
  vi.waitFor(async () => {
    const expected = { role: 'primary', epoch, isTrading: true };
    expect(await world.status(name)).toMatchObject(expected);
  }, WAIT);

const moreOrders = (world: PairWorld) => {
  const before = ordersIn(world).length;
  return vi.waitFor(() => expect(ordersIn(world).length).toBeGreaterThan(before + 2), WAIT);
};

/** Whole logs are equal once the primary has ended in order and the other has followed to there. */
async function stopBoth(world: PairWorld, primary: Process, standby: Process): Promise<void> {
  primary.kill('SIGTERM');
  expect(await primary.exited).toBe(0);
  standby.kill('SIGTERM');
  expect(await standby.exited).toBe(0);
  const [one, other] = (['A', 'B'] as const).map(name =>
    logDigest(join(world.folders[name], 'gateway.log')),
  );
  expect(one).toBe(other);
}

describe('a pair of gateway processes with a witness and watchdogs', () => {
  it(
    'goes on at the other node when one is killed, which then follows, and back again',
    async () => {
      const world = await openPair();
      await world.inSync();
      const trading = keepTrading(world.trader);
      await moreOrders(world);
      process.kill((await world.status('A')).pid, 'SIGKILL');
      await trades(world, 'B', 2);
      await moreOrders(world);
      const again = await world.startNode('A');
      await world.inSync();
      expect(await world.status('B')).toMatchObject({ pairing: 'paired', standby: 'A' });
      process.kill((await world.status('B')).pid, 'SIGKILL');
      await trades(world, 'A', 3);
      await moreOrders(world);
      const follower = await world.startNode('B');
      await world.inSync();
      await moreOrders(world);
      trading.stop();
      checkReceived(world.received());
      await stopBoth(world, again, follower);
    },
    TEST_MS,
  );

  it(
    'has the watchdog end a node that hangs, before the other trades',
    async () => {
      const world = await openPair();
      await world.inSync();
      const trading = keepTrading(world.trader);
      await moreOrders(world);
      process.kill((await world.status('A')).pid, 'SIGSTOP');
      await trades(world, 'B', 2);
      await moreOrders(world);
      trading.stop();
      expect(world.first.stderr).toContain('does not answer: killed');
      expect(await world.first.exited).toBe(137);
      checkReceived(world.received());
    },
    TEST_MS,
  );

  it(
    'sends nothing once its standby is lost, until an operator says so, or that is back',
    async () => {
      const world = await openPair();
      await world.inSync();
      const trading = keepTrading(world.trader);
      await moreOrders(world);
      process.kill((await world.status('B')).pid, 'SIGKILL');
      await vi.waitFor(async () => {
        expect(await world.status('A')).toMatchObject({ pairing: 'unpaired', isTrading: false });
      }, WAIT);
      await vi.waitFor(() => expect(world.first.stderr).toContain('venues are closed'), WAIT);
      const before = ordersIn(world).length;
      await new Promise(resolve => setTimeout(resolve, 500));
      expect(ordersIn(world)).toHaveLength(before);
      await world.promote('A', 'Ada');
      await trades(world, 'A', 1);
      expect(await world.status('A')).toMatchObject({ pairing: 'alone' });
      await moreOrders(world);
      await world.startNode('B');
      await world.inSync();
      await moreOrders(world);
      trading.stop();
      expect(world.first.stderr).toMatch(/trades alone\n(.*\n)*.*trades with B/);
    },
    TEST_MS,
  );
});

describe('a pair of gateway processes without a witness', () => {
  it(
    'waits for an operator, whose name is in the log',
    async () => {
      const world = await openPair({ hasWitness: false });
      await world.inSync();
      const trading = keepTrading(world.trader);
      await moreOrders(world);
      const early = await world.promote('B', 'Ada');
      expect(early).toMatchObject({ role: 'following', isTrading: false });
      process.kill((await world.status('A')).pid, 'SIGKILL');
      await new Promise(resolve => setTimeout(resolve, 2000));
      expect(await world.status('B')).toMatchObject({ role: 'following', epoch: 1 });
      await world.promote('B', 'Ada');
      await trades(world, 'B', 2);
      await moreOrders(world);
      trading.stop();
      expect(world.second.stderr).toContain('B claims epoch 2, by the word of Ada');
      checkReceived(world.received());
    },
    TEST_MS,
  );
});

it('a node whose port is taken says so and ends, or its watchdog would wait for ever', async () => {
  const world = openProcesses();
  opened.push(world);
  const witness = await world.start(['witness', '--listen', at(0), '--out', world.directory]);
  const places = ['--listen', at(0), '--venue', at(9), '--replicate', at(witness.port)];
  const own = ['--out', join(world.directory, 'A'), '--node', 'A'];
  const node = await world.start(['gateway', ...places, ...own]);
  expect(await node.exited).toBe(1);
  expect(node.stderr).toContain(`listen on ${at(witness.port)}: EADDRINUSE`);
});
