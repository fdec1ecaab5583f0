/** The two gateway processes of a pair with their witness: which trades, which failed, and back. */

import { clockFrom, OutriderError, wallTimers } from '#engine';
import { askPeer, type NodeReport } from '#gateway';
import type { ManagedProcess } from './process.ts';

export const NODES = ['A', 'B'] as const;
export type NodeName = (typeof NODES)[number];

export type Pair = {
  /** Ports that edges connect to. */
  readonly edgePorts: readonly number[];
  /** Kills the node that trades, or stops it, upon which its watchdog kills it. */
  fail(kind: 'kill' | 'stop'): Promise<void>;
  /** Starts the one that failed again; it follows the other, and has all it lacked. */
  rejoin(): Promise<void>;
  /** The one that trades first: the other then has all it has. */
  stop(): Promise<void>;
};

export type PairPlace = {
  edge: number;
  replicate: number;
  /** Where the other node gives its records; undefined for the first one. */
  standbyOf: number | undefined;
};

export type PairPorts = {
  start(name: NodeName, place: PairPlace): Promise<ManagedProcess>;
};

type Node = { process: ManagedProcess; place: PairPlace; isDown: boolean };

const IN_SYNC_MS = 20_000;
const LOOK_MS = 20;

export async function startPair({ start }: PairPorts): Promise<Pair> {
  const nodes = new Map<NodeName, Node>();
  const begin = async (name: NodeName, place: PairPlace) => {
    const process = await start(name, place);
    const { port: edge, replicationPort: replicate } = process.ports as Record<string, number>;
    const known = { ...place, edge: edge!, replicate: replicate! };
    nodes.set(name, { process, place: known, isDown: false });
    return known;
  };
  const first = await begin('A', { edge: 0, replicate: 0, standbyOf: undefined });
  const second = await begin('B', { edge: 0, replicate: 0, standbyOf: first.replicate });
  first.standbyOf = second.replicate;
  const trading = async () => {
    const reports = await Promise.all(NODES.map(name => statusOf(nodes.get(name)!)));
    const at = reports.findIndex(report => report?.role === 'primary');
    return { name: NODES[Math.max(at, 0)]!, report: reports[at] };
  };
  return {
    edgePorts: [first.edge, second.edge],
    async fail(kind) {
      await untilPaired(trading);
      const node = nodes.get((await trading()).name)!;
      node.process.expectEnd();
      node.isDown = true;
      process.kill(node.process.ports.pid!, kind === 'kill' ? 'SIGKILL' : 'SIGSTOP');
    },
    async rejoin() {
      for (const [name, node] of nodes) {
        if (!node.isDown) continue;
        await node.process.exited;
        await begin(name, node.place);
      }
      await untilPaired(trading);
    },
    async stop() {
      const { name } = await trading();
      await nodes.get(name)!.process.stop();
      for (const [other, { process: left }] of nodes) if (other !== name) await left.stop();
    },
  };
}

/** A takeover needs a standby that has everything: a fault waits for it. */
async function untilPaired(trading: () => Promise<{ report: NodeReport | undefined }>) {
  for (let waitedMs = 0; waitedMs < IN_SYNC_MS; waitedMs += LOOK_MS) {
    if ((await trading()).report?.pairing === 'paired') return;
    await new Promise(resolve => setTimeout(resolve, LOOK_MS));
  }
  throw new OutriderError('network', 'pair: no standby had every record within 20 s');
}

/** Undefined where the node does not answer. */
async function statusOf({ place }: Node): Promise<NodeReport | undefined> {
  const clock = clockFrom(0);
  const address = { host: '127.0.0.1', port: place.replicate, clock, timers: wallTimers(clock) };
  try {
    return await askPeer({ kind: 'status' }, address);
  } catch (error) {
    if (error instanceof OutriderError) return undefined;
    throw error;
  }
}
