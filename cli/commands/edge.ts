/** `outrider edge`: an edge as a process of its own, one of a group that shares the instruments. */
import { hostname } from 'node:os';
import { OutriderError } from '#engine';
import type { ConfigName, RunConfig } from '../config.ts';
import { checkEdgeTopics, type EdgeTime, edgeTime, hostEdge } from '../run/edge-host.ts';
import { readInstrumentTable } from '../run/instrument-topic.ts';
import { MODEL_OPTIONS, modelsOf } from '../run/models.ts';
import { openBroker } from '../run/open-broker.ts';
import { type OperationsDoor, openOperations } from '../run/operations-door.ts';
import { OPERATIONS_KINDS, OPERATIONS_LINES, readOperations } from '../run/operations-options.ts';
import { edgeMetrics, linkMetrics } from '../run/process-metrics.ts';
import { refuseSideInputs } from '../run/side-inputs.ts';
import { startVerifierProcess } from '../run/verifier-process.ts';
import { parseAddress } from './address.ts';
import { type Command, parseOptions } from './command.ts';
import { configKinds, configOf } from './config-options.ts';
import { configOptionLines } from './help.ts';
import { untilStopped } from './until-stopped.ts';
import { readWholeNumber } from './whole-number.ts';

const OPTIONS: readonly ConfigName[] = [
  ...[
    'brokers',
    'brokersSecurity',
    'topicPrefix',
    'verifier',
    'roundTripMs',
    'gateway',
    'strategy',
  ],
  ...MODEL_OPTIONS,
  ...['seed', 'branches', 'trajectories', 'moves', 'batch', 'deadlineMs'],
  ...['policy', 'restingStyle', 'parentLots', 'parentSeconds', 'slices', 'crossAfterPercent'],
  ...['waitSpreadPercent', 'holdMs'],
] as ConfigName[];

const OWN_KINDS = {
  ...({ group: 'text', name: 'text', standbys: 'text', replicas: 'text' } as const),
  ...({ sessionTimeoutMs: 'text', commitMs: 'text' } as const),
  ...OPERATIONS_KINDS,
};

const BOUNDS = {
  standbys: { least: 0, most: 8 },
  replicas: { least: 1, most: 15 },
  sessionTimeoutMs: { least: 500, most: 300_000 },
  commitMs: { least: 1, most: 1_000 },
} as const;

export const edgeCommand: Command = {
  name: 'edge',
  summary: 'an edge of a group that shares instruments: outrider edge --group NAME --brokers H:P',
  help: () =>
    [
      'usage: outrider edge --group NAME --brokers HOST:PORT,... [options]',
      '',
      '  --group NAME                 edges of one group share the instruments of the ticks',
      '  --name NAME                  among the edges of the group [host and process id]',
      '  --standbys N                 copies of an instrument’s state at other edges, 0 to 8 [1]',
      '  --session-timeout-ms N       silence after which an edge counts as dead, 500 to 300000',
      '                               [6000]; at least group.min.session.timeout.ms of the brokers',
      '  --commit-ms N                between two commits, 1 to 1000 [50]',
      '  --replicas N                 copies of the changelog at the brokers, 1 to 15 [1]',
      ...OPERATIONS_LINES,
      ...configOptionLines(OPTIONS),
      '',
      'Reads the topics instruments and ticks; writes edge-state, forecasts, signals and, for what',
      'cannot be read, dead-letters: docs/kafka.md. Prints {"group":G,"edge":NAME} once it is a',
      'member. SIGTERM: commits, leaves the group, ends; others go on at once. Killed: after the',
      'session timeout. `outrider topics create` makes the topics.',
    ].join('\n'),
  async run(given) {
    const { values } = parseOptions(given, { ...OWN_KINDS, ...configKinds(OPTIONS) });
    const { group, name, operations, logLevel, ...others } = values;
    const { standbys, replicas, sessionTimeoutMs, commitMs, ...rest } = others;
    const numbers = { standbys, replicas, sessionTimeoutMs, commitMs };
    const settings = {
      standbys: readNumber(numbers, 'standbys') ?? 1,
      replicas: readNumber(numbers, 'replicas') ?? 1,
      sessionTimeoutMs: readNumber(numbers, 'sessionTimeoutMs') ?? 6_000,
      commitIntervalMs: readNumber(numbers, 'commitMs') ?? 50,
    };
    if (group === undefined) throw new OutriderError('bad-usage', 'group: missing; give --group');
    const own = { group: String(group), name: String(name ?? `${hostname()}-${process.pid}`) };
    const config = configOf(rest);
    const door = await openOperations('edge', readOperations({ operations, logLevel }));
    return await runEdge({ ...own, config, settings, door });
  },
};

type EdgeRun = {
  group: string;
  name: string;
  config: RunConfig;
  settings: Parameters<typeof hostEdge>[0]['settings'];
  door: OperationsDoor;
};

async function runEdge({ group, name, config, settings, door }: EdgeRun): Promise<number> {
  const models = modelsOf(config);
  refuseSideInputs(models.target);
  const broker = await openBroker(config.brokers, config.brokersSecurity);
  const closing: (() => Promise<void>)[] = [() => broker.close()];
  const closeAll = async () => {
    for (const close of closing.reverse()) await close();
  };
  try {
    const place = { broker, prefix: config.topicPrefix };
    const table = await readInstrumentTable(place);
    await checkEdgeTopics(place, table);
    const time = edgeTime(table.originNs);
    const verifier = await verifierOf(config, time, closing);
    const watched = await watchProcessor(door, group);
    const host = await hostEdge({
      ...{ broker, group, name, time, settings, verifier, observer: watched?.observer },
      setting: { config, ...table, ...models },
      onProblem: door.problem,
    });
    closing.push(() => host.close());
    watched?.watch(() => host.processor.status());
    if (door.metrics !== undefined) {
      edgeMetrics(door.metrics, host);
      const gateway = { gateway: () => host.isGatewayUp === true };
      const links = { verifier: () => host.isVerifierUp };
      linkMetrics(door.metrics, config.gateway === undefined ? links : { ...links, ...gateway });
    }
    console.log(JSON.stringify({ group, edge: name }));
    await Promise.race([untilStopped(), host.processor.done]);
  } catch (error) {
    await closeAll();
    throw error;
  }
  await door.drain(closeAll);
  return 0;
}

/** One named, or one of its own. */
async function verifierOf(config: RunConfig, time: EdgeTime, closing: (() => Promise<void>)[]) {
  if (config.verifier !== undefined) return parseAddress('verifier', config.verifier);
  const own = await startVerifierProcess(config, time);
  closing.push(() => own.stop());
  return own;
}

/** Lag, watermarks, commits, restores and back-pressure, where somebody asks for them. */
async function watchProcessor(door: OperationsDoor, group: string) {
  const { metrics, health } = door;
  if (metrics === undefined || health === undefined) return undefined;
  const { processorMetrics } = await import('#engine/operations');
  return processorMetrics(metrics, health, group);
}

const readNumber = (values: Record<string, unknown>, name: keyof typeof BOUNDS) =>
  readWholeNumber(values, name, BOUNDS[name]);
