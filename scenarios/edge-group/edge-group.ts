/** Edge processes on a real Kafka before a gateway; ticks come, and a reader watches. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipelineTopics } from '#cli';
import { OutriderError } from '#engine';
import { connectPlatformatic } from '#engine/broker';
import {
  type KafkaCluster,
  type KafkaNode,
  partitionLeader,
  startKafka,
} from '#engine/testing/kafka';
import { type RunningCommand, type RunningServer, startCommand, startServer } from '../command.ts';
import { type SeenState, type TickWatch, watchTicks } from './tick-checker.ts';
import { startTickSource, type TickSource } from './tick-source.ts';

export type EdgeGroupOptions = {
  readonly nodes: 1 | 3;
  readonly sessionTimeoutMs: number;
  readonly ticksPerSecond: number;
  /** Edges; default 2. */
  readonly members?: number;
  /** Names the market that is made up. */
  readonly seed?: string;
  /** Waits end with its reason. */
  readonly abort?: AbortSignal;
};

/**
 * `with-leader`: killed together with a broker that leads its ticks, and does not coordinate the
 * group where there is such; `with-coordinator`: together with the one that does.
 */
export type EdgeLoss = 'kill' | 'leave' | 'stop' | 'with-leader' | 'with-coordinator';

export type EdgeGroup = {
  readonly kafka: KafkaCluster;
  readonly watch: TickWatch;
  readonly source: TickSource;
  /** Of the gateway that all edges speak with; it has no venue. */
  readonly gatewayLog: string;
  /** Resolves once all partitions have an edge, and each a standby that lacks nothing. */
  settled(): Promise<void>;
  /** How far edges say the brokers' clock is ahead of theirs, seconds, once each of them knows. */
  clocksAhead(): Promise<readonly number[]>;
  /** Partitions by the edge that wrote of them last. */
  partitionsOf(edge: string): readonly number[];
  /** The edge that has most of them. */
  busiest(): string;
  /**
   * Ends it, and resolves once others have committed a tick of each partition that it had: how long
   * that took from the signal on, milliseconds.
   */
  lose(edge: string, kind: EdgeLoss): Promise<number>;
  /** With the broker that went with it. */
  bringBack(edge: string): Promise<void>;
  /** What edges ended of themselves. */
  readonly crashes: readonly string[];
  /** Ends the source, waits until every tick is taken, and ends the rest. */
  finish(): Promise<void>;
  close(): Promise<void>;
};

export const PREFIX = 'outrider';
export const PARTITIONS = 4;
const MEMBERS = 2;
const INSTRUMENTS = 12;
/** Nobody listens there: signals reach the gateway's log, and orders nobody. */
const NOWHERE = '127.0.0.1:9';
const LOOK_MS = 20;
const WAIT_MS = 120_000;
const OPERATIONS = /"address":"([^"]+)"/;

type Running = { readonly command: RunningCommand };
type Away = Running & { readonly kind: EdgeLoss; readonly broker: KafkaNode | undefined };

type World = {
  readonly options: EdgeGroupOptions;
  readonly kafka: KafkaCluster;
  readonly verifier: RunningServer;
  readonly gateway: RunningServer;
  readonly directory: string;
  readonly source: TickSource;
  readonly watch: TickWatch;
  readonly edges: Map<string, Running>;
  /** Those that were lost. */
  readonly away: Map<string, Away>;
  readonly crashes: string[];
};

/** Throws where Kafka cannot be started on this machine. */
export async function startEdgeGroup(options: EdgeGroupOptions): Promise<EdgeGroup> {
  const { nodes, ticksPerSecond, members = MEMBERS, seed = 'edges' } = options;
  const kafka = await startKafka({ nodes, heapMb: 128 });
  const { addresses } = kafka;
  const broker = await connectPlatformatic({ addresses });
  await broker.admin.createTopics(
    pipelineTopics({ prefix: PREFIX, partitions: PARTITIONS, replicas: nodes }),
  );
  await broker.close();
  const made = { addresses, prefix: PREFIX, instruments: INSTRUMENTS, ticksPerSecond, seed };
  const directory = mkdtempSync(join(tmpdir(), 'edge-group-'));
  const [verifier, gateway, source] = await Promise.all([
    startServer(['verifier', '--listen', '127.0.0.1:0']),
    startServer(['gateway', '--listen', '127.0.0.1:0', '--venue', NOWHERE, '--out', directory]),
    startTickSource(made),
  ]);
  const watch = await watchTicks(addresses, PREFIX);
  const processes = { verifier, gateway, source, watch, edges: new Map(), away: new Map() };
  const world: World = { options, kafka, directory, ...processes, crashes: [] };
  const names = Array.from({ length: members }, (_, at) => `edge-${at + 1}`);
  for (const name of names) startEdge(world, name);
  return {
    ...{ kafka, watch, source, gatewayLog: join(directory, 'gateway.log') },
    crashes: world.crashes,
    settled: () => settled(world),
    clocksAhead: () => clocksAhead(world),
    partitionsOf: edge => partitionsOf(world, edge),
    busiest: () =>
      names.reduce((most, name) =>
        partitionsOf(world, name).length > partitionsOf(world, most).length ? name : most,
      ),
    lose: (edge, kind) => lose(world, edge, kind),
    bringBack: edge => bringBack(world, edge),
    finish: () => finish(world),
    close: () => close(world),
  };
}

function startEdge(world: World, name: string): void {
  const { options, kafka, verifier, gateway, edges, crashes } = world;
  const { sessionTimeoutMs, nodes } = options;
  const command = startCommand([
    ...['edge', '--group', 'desk', '--name', name, '--brokers', kafka.addresses.join(',')],
    ...['--verifier', `127.0.0.1:${verifier.port}`, '--replicas', String(nodes)],
    ...['--session-timeout-ms', String(sessionTimeoutMs), '--standbys', '1'],
    ...[
      '--gateway',
      `127.0.0.1:${gateway.port}`,
      '--operations',
      '127.0.0.1:0',
      '--log-level',
      'info',
    ],
  ]);
  edges.set(name, { command });
  void command.done.then(({ status, stderr }) => {
    if (edges.get(name)?.command === command) crashes.push(`${name}: ${status}: ${stderr}`);
  });
}

/** The last state of each partition. */
function latestStates({ watch }: World): Map<number, SeenState> {
  const latest = new Map<number, SeenState>();
  for (const state of watch.states) latest.set(state.partition, state);
  return latest;
}

const partitionsOf = (world: World, edge: string): number[] =>
  [...latestStates(world).values()].flatMap(state => (state.edge === edge ? state.partition : []));

async function settled(world: World): Promise<void> {
  await until('every partition has an edge and a standby', world, async () => {
    const writers = [...latestStates(world).values()].map(({ edge }) => edge);
    // A partition may have no instrument, and then never a writer.
    if (writers.length === 0 || !writers.every(edge => world.edges.has(edge))) return false;
    const lags: number[] = [];
    for (const running of world.edges.values()) {
      const text = await metricsOf(running);
      if (text === undefined) return false;
      const found = text.matchAll(/^outrider_standby_lag_records\{[^}]*\} (\S+)$/gm);
      for (const [, lag] of found) lags.push(Number(lag));
    }
    return lags.length === PARTITIONS && lags.every(lag => lag < STANDBY_LAG_MAX);
  });
}

/** Undefined before it has a door. */
async function metricsOf({ command }: Running): Promise<string | undefined> {
  const address = OPERATIONS.exec(command.stderr)?.[1];
  if (address === undefined) return undefined;
  return await (await fetch(`http://${address}/metrics`)).text();
}

async function clocksAhead(world: World): Promise<number[]> {
  let ahead: number[] = [];
  await until('every edge knows the clock of the brokers', world, async () => {
    const texts = await Promise.all([...world.edges.values()].map(metricsOf));
    const found = texts.map(text => /^outrider_edge_clock_ahead_seconds (\S+)$/m.exec(text ?? ''));
    ahead = found.flatMap(match => (match === null ? [] : Number(match[1])));
    return ahead.length === world.edges.size;
  });
  return ahead;
}

/** A standby is always a commit or two behind: a record an instrument each. */
const STANDBY_LAG_MAX = 100;

async function lose(world: World, edge: string, kind: EdgeLoss): Promise<number> {
  const own = partitionsOf(world, edge);
  const { command } = world.edges.get(edge)!;
  const broker = await brokerLost(world, own, kind);
  world.edges.delete(edge);
  world.away.set(edge, { command, kind, broker });
  const beganMs = Date.now();
  command.kill(SIGNALS[kind]);
  const [lastMs] = await Promise.all([goneOn(world, edge, own), broker?.kill()]);
  return lastMs - beganMs;
}

const SIGNALS = {
  ...{ kill: 'SIGKILL', leave: 'SIGTERM', stop: 'SIGSTOP' },
  ...{ 'with-leader': 'SIGKILL', 'with-coordinator': 'SIGKILL' },
} as const satisfies Record<EdgeLoss, NodeJS.Signals>;

/** The broker that goes with the edge. */
async function brokerLost(
  { kafka }: World,
  own: readonly number[],
  kind: EdgeLoss,
): Promise<KafkaNode | undefined> {
  if (kind !== 'with-leader' && kind !== 'with-coordinator') return undefined;
  const { nodes } = kafka;
  // A test cluster keeps the offsets of all groups in one partition.
  const coordinator = await partitionLeader({ nodes, topic: '__consumer_offsets', partition: 0 });
  if (kind === 'with-coordinator') return coordinator;
  const topic = `${PREFIX}.ticks`;
  const leaders = own.map(partition => partitionLeader({ nodes, topic, partition }));
  const all = await Promise.all(leaders);
  return all.find(leader => leader !== coordinator) ?? all[0];
}

/** When the last of the partitions has a tick that another edge committed. */
async function goneOn(world: World, edge: string, own: readonly number[]): Promise<number> {
  const lost = new Set(own);
  const { states } = world.watch;
  let at = states.length;
  let lastMs = 0;
  await until(`others have gone on with partitions ${own.join(', ')}`, world, async () => {
    for (; at < states.length; at++) {
      const state = states[at]!;
      if (state.edge !== edge && lost.delete(state.partition)) lastMs = state.seenMs;
    }
    return lost.size === 0;
  });
  return lastMs;
}

async function bringBack(world: World, edge: string): Promise<void> {
  const { command, kind, broker } = world.away.get(edge)!;
  world.away.delete(edge);
  if (kind === 'stop') {
    world.edges.set(edge, { command });
    command.kill('SIGCONT');
    return;
  }
  await broker?.start();
  const { status, stderr } = await command.done;
  if (kind === 'leave' && status !== 0) world.crashes.push(`${edge}: ${status}: ${stderr}`);
  startEdge(world, edge);
}

async function finish(world: World): Promise<void> {
  const { source, watch } = world;
  await source.stop();
  await until('every tick is taken', world, async () => {
    const latest = new Map(watch.states.map(({ symbol, ticks }) => [symbol, ticks]));
    const taken = [...latest.values()].reduce((sum, ticks) => sum + ticks, 0);
    const read = [...watch.ticks.values()].reduce((sum, ticks) => sum + ticks.length, 0);
    return taken >= source.published && read >= source.published;
  });
}

async function close(world: World): Promise<void> {
  const { edges, away, verifier, gateway, kafka, watch, source, directory } = world;
  const running = [...edges.values(), ...away.values()].map(({ command }) => command);
  edges.clear();
  for (const each of [...running, verifier, gateway]) each.kill('SIGKILL');
  await Promise.all([...running, verifier, gateway].map(({ done }) => done));
  await source.stop().catch(() => {});
  await watch.close().catch(() => {});
  await kafka.stop();
  rmSync(directory, { recursive: true, force: true });
}

async function until(what: string, world: World, isSo: () => Promise<boolean>): Promise<void> {
  const endMs = Date.now() + WAIT_MS;
  while (!(await isSo())) {
    world.options.abort?.throwIfAborted();
    if (Date.now() > endMs) {
      const said = [...world.edges].map(([name, { command }]) => `${name}: ${command.stderr}`);
      const text = `not so after ${WAIT_MS} ms: ${what}; edges said: ${said.join('\n')}`;
      throw new OutriderError('network', text);
    }
    await new Promise(resolve => setTimeout(resolve, LOOK_MS));
  }
}
