/** The two gateway processes of a pair with their witness: which trades, which failed, and back. */

import { clockFrom, freePorts, OutriderError, wallTimers } from '#engine';
import { askPeer, type NodeReport } from '#gateway';
import { FULL_BYTES, limitFiles } from './limit-files.ts';
import type { ManagedProcess } from './process.ts';

export const NODES = ['A', 'B'] as const;
export type NodeName = (typeof NODES)[number];

export type Pair = {
  /** Ports that edges connect to. */
  readonly edgePorts: readonly number[];
  /**
   * Kills the node that trades, stops it, upon which its watchdog kills it, or lets no file of it
   * grow, upon which it ends itself.
   */
  fail(kind: 'kill' | 'stop' | 'disk-full'): Promise<void>;
  /** Starts the one that failed again; it follows the other, and has all it lacked. */
  rejoin(): Promise<void>;
  /** What a node is; its process is one that ended until it is started again. */
  node(name: NodeName): { process: ManagedProcess; peer: string };
  start(name: NodeName, further: readonly string[]): Promise<void>;
  /** The standby comes back with these parameters, and has everything; then the primary stops. */
  beginUpgrade(further: readonly string[]): Promise<void>;
  /** An operator promotes the standby, and the other follows it with the same parameters. */
  endUpgrade(further: readonly string[]): Promise<void>;
  /** Undefined where the node does not answer. */
  report(name: NodeName): Promise<NodeReport | undefined>;
  /** The one that trades first: the other then has all it has. On a topic it comes last. */
  stop(): Promise<void>;
};

export type PairPlace = {
  edge: number;
  replicate: number;
  /** Where the other node gives its records; undefined for the first one. */
  standbyOf: number | undefined;
};

export type PairPorts = {
  /** An order to stop hands over to the other. */
  isOnTopic?: boolean;
  start(name: NodeName, place: PairPlace, further: readonly string[]): Promise<ManagedProcess>;
};

type Node = { process: ManagedProcess; place: PairPlace; isDown: boolean };

/** A node keeps its own while it is away. */
async function takePorts(): Promise<Pick<PairPlace, 'edge' | 'replicate'>> {
  const [edge, replicate] = (await freePorts(2)) as [number, number];
  return { edge, replicate };
}

const IN_SYNC_MS = 20_000;
const LOOK_MS = 20;

export async function startPair({ start, isOnTopic = false }: PairPorts): Promise<Pair> {
  const nodes = new Map<NodeName, Node>();
  const begin = async (name: NodeName, place: PairPlace, further: readonly string[] = []) => {
    const process = await start(name, place, further);
    const { port: edge, replicationPort: replicate } = process.ports as Record<string, number>;
    const known = { ...place, edge: edge!, replicate: replicate! };
    nodes.set(name, { process, place: known, isDown: false });
    return known;
  };
  const startAgain = async (name: NodeName, further?: readonly string[]) => {
    const { process, place } = nodes.get(name)!;
    await process.exited;
    await begin(name, place, further);
  };
  const first = await begin('A', { ...(await takePorts()), standbyOf: undefined });
  const second = await begin('B', { ...(await takePorts()), standbyOf: first.replicate });
  first.standbyOf = second.replicate;
  const report = (name: NodeName) => statusOf(nodes.get(name)!);
  const trading = async () => {
    const reports = await Promise.all(NODES.map(report));
    const at = reports.findIndex(each => each?.role === 'primary');
    return { name: NODES[Math.max(at, 0)]!, report: reports[at] };
  };
  const rejoin = async (further: readonly string[] = []) => {
    for (const [name, { isDown }] of nodes) if (isDown) await startAgain(name, further);
    await untilPaired(trading);
  };
  return {
    edgePorts: [first.edge, second.edge],
    async fail(kind) {
      await untilPaired(trading);
      fail(nodes.get((await trading()).name)!, kind);
    },
    rejoin,
    ...{ start: startAgain, report },
    node: name => ({
      process: nodes.get(name)!.process,
      peer: `127.0.0.1:${nodes.get(name)!.place.replicate}`,
    }),
    async beginUpgrade(further) {
      await untilPaired(trading);
      const primary = (await trading()).name;
      const standby = otherThan(primary);
      await nodes.get(standby)!.process.stop();
      await begin(standby, nodes.get(standby)!.place, further);
      await untilPaired(trading);
      await nodes.get(primary)!.process.stop();
      nodes.get(primary)!.isDown = true;
    },
    async endUpgrade(further) {
      await promote([...nodes.values()].find(({ isDown }) => !isDown)!);
      await rejoin(further);
    },
    async stop() {
      const { name } = await trading();
      const ends = isOnTopic ? [otherThan(name), name] : [name, otherThan(name)];
      for (const each of ends) await nodes.get(each)!.process.stop();
    },
  };
}

const otherThan = (name: NodeName) => NODES.find(other => other !== name)!;

function fail(node: Node, kind: Parameters<Pair['fail']>[0]): void {
  node.process.expectEnd();
  node.isDown = true;
  const { pid } = node.process.ports;
  if (kind === 'disk-full') limitFiles(pid!, FULL_BYTES);
  else process.kill(pid!, kind === 'kill' ? 'SIGKILL' : 'SIGSTOP');
}

/** A takeover needs a standby that has everything: a fault waits for it. */
async function untilPaired(trading: () => Promise<{ report: NodeReport | undefined }>) {
  for (let waitedMs = 0; waitedMs < IN_SYNC_MS; waitedMs += LOOK_MS) {
    if ((await trading()).report?.pairing === 'paired') return;
    await new Promise(resolve => setTimeout(resolve, LOOK_MS));
  }
  throw new OutriderError('network', 'pair: no standby had every record within 20 s');
}

async function promote({ place }: Node): Promise<void> {
  const word = { kind: 'promote', operator: 'scenario', signed: new Uint8Array() } as const;
  await askPeer(word, addressOf(place));
}

function addressOf({ replicate: port }: PairPlace) {
  const clock = clockFrom(0);
  return { host: '127.0.0.1', port, clock, timers: wallTimers(clock) };
}

/** Undefined where the node does not answer. */
async function statusOf({ place }: Node): Promise<NodeReport | undefined> {
  try {
    return await askPeer({ kind: 'status' }, addressOf(place));
  } catch (error) {
    if (error instanceof OutriderError) return undefined;
    throw error;
  }
}
