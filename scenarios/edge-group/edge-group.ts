/** Edge processes on a real Kafka before a gateway; ticks come, and a reader watches. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipelineTopics } from '#cli';
import { OutriderError } from '#engine';
import { connectPlatformatic } from '#engine/broker';
import { type KafkaCluster, startKafka } from '#engine/testing/kafka';
import { type RunningCommand, type RunningServer, startCommand, startServer } from '../command.ts';
import { type SeenState, type TickWatch, watchTicks } from './tick-checker.ts';
import { startTickSource, type TickSource } from './tick-source.ts';

export type EdgeGroupOptions = {
  readonly nodes: 1 | 3;
  readonly sessionTimeoutMs: number;
  readonly ticksPerSecond: number;
};

export type EdgeGroup = {
  readonly kafka: KafkaCluster;
  readonly watch: TickWatch;
  readonly source: TickSource;
  /** Of the gateway that all edges speak with; it has no venue. */
  readonly gatewayLog: string;
  /** Resolves once all partitions have an edge, and each a standby that lacks nothing. */
  settled(): Promise<void>;
  /** Partitions by the edge that wrote of them last. */
  partitionsOf(edge: string): readonly number[];
  /** The edge that has most of them. */
  busiest(): string;
  /**
   * Ends it, and resolves once others have committed a tick of each partition that it had: how long
   * that took from the signal on, milliseconds.
   */
  lose(edge: string, kind: 'kill' | 'leave'): Promise<number>;
  bringBack(edge: string): void;
  /** Ends the source, waits until every tick is taken, and ends the rest. */
  finish(): Promise<void>;
  close(): Promise<void>;
};

export const PREFIX = 'outrider';
export const PARTITIONS = 4;
const EDGES = ['one', 'two'];
const INSTRUMENTS = 12;
/** Nobody listens there: signals reach the gateway's log, and orders nobody. */
const NOWHERE = '127.0.0.1:9';
const LOOK_MS = 20;
const WAIT_MS = 120_000;
const OPERATIONS = /"address":"([^"]+)"/;

type Running = { readonly command: RunningCommand };

type World = {
  readonly options: EdgeGroupOptions;
  readonly kafka: KafkaCluster;
  readonly verifier: RunningServer;
  readonly gateway: RunningServer;
  readonly directory: string;
  readonly source: TickSource;
  readonly watch: TickWatch;
  readonly edges: Map<string, Running>;
};

/** Throws where Kafka cannot be started on this machine. */
export async function startEdgeGroup(options: EdgeGroupOptions): Promise<EdgeGroup> {
  const { nodes, ticksPerSecond } = options;
  const kafka = await startKafka({ nodes, heapMb: 128 });
  const { addresses } = kafka;
  const broker = await connectPlatformatic({ addresses });
  await broker.admin.createTopics(
    pipelineTopics({ prefix: PREFIX, partitions: PARTITIONS, replicas: nodes }),
  );
  await broker.close();
  const made = { addresses, prefix: PREFIX, instruments: INSTRUMENTS, ticksPerSecond, seed: 'e' };
  const directory = mkdtempSync(join(tmpdir(), 'edge-group-'));
  const [verifier, gateway, source] = await Promise.all([
    startServer(['verifier', '--listen', '127.0.0.1:0']),
    startServer(['gateway', '--listen', '127.0.0.1:0', '--venue', NOWHERE, '--out', directory]),
    startTickSource(made),
  ]);
  const watch = await watchTicks(addresses, PREFIX);
  const processes = { verifier, gateway, source, watch, edges: new Map() };
  const world: World = { options, kafka, directory, ...processes };
  for (const name of EDGES) startEdge(world, name);
  return {
    ...{ kafka, watch, source, gatewayLog: join(directory, 'gateway.log') },
    settled: () => settled(world),
    partitionsOf: edge => partitionsOf(world, edge),
    busiest: () =>
      EDGES.reduce((most, name) =>
        partitionsOf(world, name).length > partitionsOf(world, most).length ? name : most,
      ),
    lose: (edge, kind) => lose(world, edge, kind),
    bringBack: edge => startEdge(world, edge),
    finish: () => finish(world),
    close: () => close(world),
  };
}

function startEdge({ options, kafka, verifier, gateway, edges }: World, name: string): void {
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
    const lags: number[] = [];
    for (const { command } of world.edges.values()) {
      const address = OPERATIONS.exec(command.stderr)?.[1];
      if (address === undefined) return false;
      const text = await (await fetch(`http://${address}/metrics`)).text();
      const found = text.matchAll(/^outrider_standby_lag_records\{[^}]*\} (\S+)$/gm);
      for (const [, lag] of found) lags.push(Number(lag));
    }
    return lags.length === PARTITIONS && lags.every(lag => lag < STANDBY_LAG_MAX);
  });
}

/** A standby is always a commit or two behind: a record an instrument each. */
const STANDBY_LAG_MAX = 100;

async function lose(world: World, edge: string, kind: 'kill' | 'leave'): Promise<number> {
  const lost = new Set(partitionsOf(world, edge));
  const { command } = world.edges.get(edge)!;
  world.edges.delete(edge);
  const beganMs = Date.now();
  command.kill(kind === 'kill' ? 'SIGKILL' : 'SIGTERM');
  const from = world.watch.states.length;
  let at = from;
  let tookMs = 0;
  await until(`others have gone on with partitions ${[...lost].join(', ')}`, world, async () => {
    for (; at < world.watch.states.length; at++) {
      const state = world.watch.states[at]!;
      if (state.edge === edge || !lost.delete(state.partition)) continue;
      tookMs = Math.max(tookMs, state.seenMs - beganMs);
    }
    return lost.size === 0;
  });
  const { status, stderr } = await command.done;
  if (kind === 'leave' && status !== 0)
    throw new Error(`edge ${edge} left with ${status}: ${stderr}`);
  return tookMs;
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
  const { edges, verifier, gateway, kafka, watch, source, directory } = world;
  for (const { command } of edges.values()) command.kill('SIGKILL');
  for (const server of [verifier, gateway]) server.kill('SIGKILL');
  const running = [...[...edges.values()].map(({ command }) => command), verifier, gateway];
  await Promise.all(running.map(({ done }) => done));
  await source.stop().catch(() => {});
  await watch.close().catch(() => {});
  await kafka.stop();
  rmSync(directory, { recursive: true, force: true });
}

async function until(what: string, world: World, isSo: () => Promise<boolean>): Promise<void> {
  const endMs = Date.now() + WAIT_MS;
  while (!(await isSo())) {
    if (Date.now() > endMs) {
      const said = [...world.edges].map(([name, { command }]) => `${name}: ${command.stderr}`);
      const text = `not so after ${WAIT_MS} ms: ${what}; edges said: ${said.join('\n')}`;
      throw new OutriderError('network', text);
    }
    await new Promise(resolve => setTimeout(resolve, LOOK_MS));
  }
}
