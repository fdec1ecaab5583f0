/** A pair of gateways under the shim, their witness, a venue behind the recorder, and a source. */

import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { clockFrom, type Forwarder, freePorts, startForwarder, wallTimers } from '#engine';
import { askPeer, type NodeReport } from '#gateway';
import { createFaultControl, type FaultControl } from './fault-control.ts';
import type { Arena } from './play-failure.ts';
import { type Recorder, startRecorder } from './recorder.ts';
import { namedPorts, type Restartable, restartable } from './restartable.ts';
import { openSource } from './source.ts';
import { gatewayTerms, venueParameters, type WorldOptions } from './world.ts';

export type NodeName = 'A' | 'B';

export type PairNode = {
  readonly name: NodeName;
  readonly process: Restartable;
  readonly fault: FaultControl;
  /** Where the other node and operators connect. */
  readonly peerPort: number;
  /** Ways that this node goes by: to the other one, and to the witness. */
  readonly toOther: Forwarder;
  readonly toWitness: Forwarder;
  start(isFirst?: boolean): Promise<void>;
  /** Undefined where it does not answer. */
  status(): Promise<NodeReport | undefined>;
};

export type PairWorld = Arena & {
  readonly recorder: Recorder;
  readonly nodes: Readonly<Record<NodeName, PairNode>>;
  readonly witness: Restartable;
  startWitness(): Promise<void>;
  /** The one that trades, and the other, once that follows it; rejects where none does in time. */
  roles(): Promise<{ primary: PairNode; standby: PairNode }>;
  close(): Promise<void>;
};

/** Long enough for a machine that is busy; shorter than a heartbeat interval, as it must be. */
const LEASE = ['--lease-ms', '2000'];
const HEARTBEAT_SECONDS = 3;
const TRADES_MS = 40_000;
const NAMES = ['A', 'B'] as const;

export async function openPairWorld(options: WorldOptions): Promise<PairWorld> {
  const { directory, random, library, compileCache } = options;
  for (const name of NAMES) mkdirSync(join(directory, name), { recursive: true });
  const caching = { NODE_COMPILE_CACHE: compileCache };
  const shared = { directory, environment: caching };
  const venuePorts = await namedPorts('port', 'feedPort');
  const venue = restartable({ name: 'venue', ports: venuePorts, ...shared });
  const witness = restartable({ name: 'witness', ports: await namedPorts('port'), ...shared });
  const startWitness = () => {
    const place = ['--listen', witness.at('port'), '--out', join(directory, 'witness'), ...LEASE];
    return witness.start(['witness', ...place]);
  };
  await Promise.all([venue.start(venueParameters(venue, directory)), startWitness()]);
  const recorder = await startRecorder(join(directory, 'wire'), venue.port('port'));
  const ports = await freePorts(4);
  const place = (at: number) => ({ edge: ports[at]!, own: ports[2 + at]!, other: ports[3 - at]! });
  const common = { directory, library, caching, recorder, witnessPort: witness.port('port') };
  const nodes = {
    A: await createNode('A', place(0), common),
    B: await createNode('B', place(1), common),
  };
  await Promise.all([nodes.A.start(true), nodes.B.start()]);
  const links = { linkPort: ports[0]!, otherPort: ports[1]! };
  const feedPort = venue.port('feedPort');
  const source = await openSource({ directory, random, feedPort, ...links });
  source.connect();
  const all = [nodes.A, nodes.B];
  return {
    ...{ directory, recorder, source, nodes, witness, startWitness },
    get upBytes() {
      return recorder.upBytes;
    },
    get isGatewayAlive() {
      return witness.isAlive && all.every(({ process }) => process.isAlive);
    },
    async startGateway() {
      if (!witness.isAlive) await startWitness();
      const dead = all.filter(({ process }) => !process.isAlive);
      await Promise.all(dead.map(node => node.start()));
    },
    roles: () => rolesOf(nodes, ({ pairing }) => pairing === 'paired'),
    async collect() {
      const { primary } = await rolesOf(nodes, () => true);
      const log = join(directory, 'gateway.log');
      rmSync(log, { recursive: true, force: true });
      cpSync(join(directory, primary.name, 'gateway.log'), log, { recursive: true });
    },
    async close() {
      source.close();
      const processes = [venue, witness, nodes.A.process, nodes.B.process];
      await Promise.all(processes.map(({ kill }) => kill()));
      await Promise.all(all.flatMap(node => [node.toOther.close(), node.toWitness.close()]));
      await recorder.close();
      for (const { fault } of all) fault.close();
    },
  };
}

type Shared = {
  directory: string;
  library: string;
  caching: Record<string, string>;
  recorder: Recorder;
  witnessPort: number;
};

async function createNode(
  name: NodeName,
  ports: { edge: number; own: number; other: number },
  { directory, library, caching, recorder, witnessPort }: Shared,
): Promise<PairNode> {
  const fault = createFaultControl(join(directory, `${name}.control`));
  const shimmed = { ...caching, LD_PRELOAD: library, OUTRIDER_FAULT_CONTROL: fault.path };
  const process = restartable({ name, directory, ports: {}, environment: shimmed });
  const clock = clockFrom(0);
  const timers = wallTimers(clock);
  const forward = (port: number) =>
    startForwarder({
      ...{ clock, timers, delayNs: { up: 0, down: 0 } },
      ...{ listen: { host: '127.0.0.1', port: 0 }, target: { port } },
    });
  const [toOther, toWitness] = await Promise.all([forward(ports.other), forward(witnessPort)]);
  const at = (port: number) => `127.0.0.1:${port}`;
  return {
    ...{ name, process, fault, toOther, toWitness, peerPort: ports.own },
    start(isFirst = false) {
      const parameters = [
        ...['gateway', '--listen', at(ports.edge), '--venue', at(recorder.port)],
        ...['--out', join(directory, name), '--node', name, '--replicate', at(ports.own)],
        ...['--witness', at(toWitness.port), '--alone', 'no', ...LEASE],
        ...(isFirst ? [] : ['--standby-of', at(toOther.port)]),
      ];
      return process.start([...parameters, ...gatewayTerms(HEARTBEAT_SECONDS)]);
    },
    async status() {
      const place = { host: '127.0.0.1', port: ports.own, clock, timers };
      return await askPeer({ kind: 'status' }, place).catch(() => undefined);
    },
  };
}

async function rolesOf(
  nodes: Record<NodeName, PairNode>,
  isMeant: (report: NodeReport) => boolean,
): Promise<{ primary: PairNode; standby: PairNode }> {
  const endMs = performance.now() + TRADES_MS;
  for (;;) {
    const [a, b] = await Promise.all([nodes.A.status(), nodes.B.status()]);
    if (a?.isTrading && isMeant(a)) return { primary: nodes.A, standby: nodes.B };
    if (b?.isTrading && isMeant(b)) return { primary: nodes.B, standby: nodes.A };
    if (performance.now() > endMs) throw new Error(`no node trades: ${a?.problem}; ${b?.problem}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
