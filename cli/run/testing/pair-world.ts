/** Two gateway processes, their witness and a trader: what the tests of a pair are played in. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFailed, vi } from 'vitest';
import { clockFrom, type Forwarder, freePorts, startForwarder, wallTimers } from '#engine';
import { askPeer, type NodeReport } from '#gateway';
import {
  openProcesses,
  openTrader,
  type Process,
  type Processes,
  type Trader,
} from '../remote-processes.ts';

export const PAIR_WAIT = { timeout: 90_000, interval: 20 };
const NEW_ORDER = '\u000135=D\u0001';
export const at = (port: number) => `127.0.0.1:${port}`;

export type NodeName = 'A' | 'B';

/** Ways that a node goes by, where a test may disturb them. */
type Ways = Readonly<Record<'toOther' | 'toWitness', Forwarder>>;

export type PairWorld = Processes & {
  readonly trader: Trader;
  readonly folders: Record<NodeName, string>;
  /** Where each node gives its records and takes promotions. */
  readonly peers: Record<NodeName, number>;
  readonly ways: Readonly<Record<NodeName, Ways>>;
  /** By a watchdog, whose own end is the process's; with parameters in place of `follow`. */
  startNode(name: NodeName, starting?: Starting): Promise<Process>;
  readonly venueProcess: Process;
  readonly first: Process;
  readonly second: Process;
  promote(name: NodeName, operator: string): Promise<NodeReport>;
  status(name: NodeName): Promise<NodeReport>;
  inSync(): Promise<void>;
  trades(name: NodeName, epoch: number): Promise<void>;
  /** New orders that the venue has received so far, and those that are sent again among them. */
  orderCount(): number;
  moreOrders(): Promise<void>;
  close(): Promise<void>;
};

export type Starting = {
  isFirst?: boolean;
  further?: readonly string[];
  environment?: Readonly<Record<string, string>>;
};

export type PairSetting = {
  alone?: string;
  /** Long enough for a machine that others use as well. */
  leaseMs?: number;
  /** Of both nodes at each start; given the folder of all. */
  parameters?(directory: string): Promise<string[]>;
  /** Of the first starts alone. */
  starting?: { first?: Starting; second?: Starting };
};

type Four = [number, number, number, number];

export async function openPair(setting: PairSetting = {}): Promise<PairWorld> {
  const { alone = 'no', leaseMs = 3000, starting = {} } = setting;
  const lease = ['--lease-ms', String(leaseMs)];
  const world = openProcesses();
  const started: Process[] = [];
  onTestFailed(() => console.error(started.map(saidBy).join('\n')));
  const shared = (await setting.parameters?.(world.directory)) ?? [];
  const venue = await world.venue();
  const witnessPlace = ['--listen', at(0), '--out', join(world.directory, 'W')];
  const witness = await world.start(['witness', ...witnessPlace, ...lease]);
  // Last, or one that listens where it likes would take one of them.
  const [edgeA, edgeB, peerA, peerB, ...free] = (await freePorts(8)) as [...Four, ...Four];
  const edges = { A: edgeA, B: edgeB };
  const peers = { A: peerA, B: peerB };
  const folders = { A: join(world.directory, 'A'), B: join(world.directory, 'B') };
  const ways = {
    A: await openWays([free[0], free[1]], { other: peerB, witness: witness.port }),
    B: await openWays([free[2], free[3]], { other: peerA, witness: witness.port }),
  };
  const startNode = async (name: NodeName, starting: Starting = {}) => {
    const { isFirst, further = [], environment } = starting;
    mkdirSync(folders[name], { recursive: true });
    const witnessed = ['--witness', at(ways[name].toWitness.port), '--alone', alone];
    const parameters = [
      ...['watchdog', 'gateway', '--listen', at(edges[name]), '--venue', at(venue.port)],
      ...['--out', folders[name], '--node', name, '--replicate', at(peers[name]), ...lease],
      ...witnessed,
      ...(isFirst ? [] : ['--standby-of', at(ways[name].toOther.port)]),
    ];
    const node = await world.start([...parameters, ...shared, ...further], environment);
    started.push(node);
    return node;
  };
  const asking = nodesAt(peers);
  // In turn: where B waits for a lease and A is not there yet, B trades and A has none to follow.
  const first = await startNode('A', { ...starting.first, isFirst: true });
  const second = await startNode('B', starting.second);
  const trader = await openTrader(venue.feedPort, edges.A, { otherPort: edges.B });
  await vi.waitFor(() => expect(trader.quotes.every(Boolean)).toBe(true), PAIR_WAIT);
  return {
    ...{ ...world, ...asking, ...ordersOf(world) },
    ...{ trader, folders, peers, ways, first, second, startNode, venueProcess: venue },
    async close() {
      trader.close();
      await world.close();
      const all = [ways.A, ways.B].flatMap(Object.values<Forwarder>);
      await Promise.all(all.map(way => way.close()));
    },
  };
}

/** All that a process has said, what it said again and again once. */
function saidBy({ stderr, said }: Process, index: number): string {
  const lines = stderr.split('\n').filter((line, at, all) => line !== all[at - 1]);
  return [`node ${index + 1}, first line ${JSON.stringify(said)}:`, ...lines].join('\n');
}

async function openWays(
  [own, further]: readonly [number, number],
  { other, witness }: { other: number; witness: number },
): Promise<Ways> {
  const clock = clockFrom(0);
  const forward = (port: number, target: number) =>
    startForwarder({
      ...{ clock, timers: wallTimers(clock), delayNs: { up: 0, down: 0 } },
      ...{ listen: { host: '127.0.0.1', port }, target: { port: target } },
    });
  return { toOther: await forward(own, other), toWitness: await forward(further, witness) };
}

function nodesAt(peers: Record<NodeName, number>) {
  const clock = clockFrom(0);
  const timers = wallTimers(clock);
  const place = (name: NodeName) => ({ host: '127.0.0.1', port: peers[name], clock, timers });
  const status = (name: NodeName) => askPeer({ kind: 'status' }, place(name));
  return {
    status,
    promote: (name: NodeName, operator: string) =>
      askPeer({ kind: 'promote', operator, signed: new Uint8Array() }, place(name)),
    trades: (name: NodeName, epoch: number) =>
      vi.waitFor(async () => {
        const expected = { role: 'primary', epoch, isTrading: true };
        expect(await status(name)).toMatchObject(expected);
      }, PAIR_WAIT),
    inSync: () =>
      vi.waitFor(async () => {
        const [one, other] = await Promise.all([status('A'), status('B')]);
        expect([one.pairing, other.pairing]).toContain('paired');
      }, PAIR_WAIT),
  };
}

/**
 * Counted without a look into each message: this process forwards what the nodes say to each other,
 * and where it reads for too long their leases end.
 */
function ordersOf(world: Processes) {
  const orderCount = () => world.received().split(NEW_ORDER).length - 1;
  return {
    orderCount,
    moreOrders() {
      const before = orderCount();
      return vi.waitFor(() => expect(orderCount()).toBeGreaterThan(before + 2), PAIR_WAIT);
    },
  };
}

/** Wants one thing after the other. */
export function keepTrading(trader: Trader): { stop(): void } {
  let turn = 0;
  const timer = setInterval(() => {
    const lots = (++turn % 7) - 3;
    trader.wish(0, { lots: 2 * lots, style: turn % 3 === 0 ? 'cross' : 'join', offset: -2 });
    trader.wish(1, { lots, style: 'cross', offset: 3 });
  }, 25);
  return { stop: () => clearInterval(timer) };
}
