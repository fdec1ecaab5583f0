/** All processes of a scenario, each connected to its neighbours as a desk would run them. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, OutriderError } from '#engine';
import { freePort, freePorts } from '#engine';
import { type Brokers, startBrokers } from '../brokers/brokers.ts';
import { makePipelineTopics, topicOptions } from '../brokers/pipeline-topics.ts';
import { type ExchangeBridge, startExchangeBridge } from '../feed/exchange-bridge.ts';
import { type FeedRelay, startFeedRelay } from '../feed/relay.ts';
import { hasVenueLink } from '../file/fault-kind.ts';
import { loadNs, type Scenario } from '../file/scenario.ts';
import { type Impostor, startImpostor } from './impostor.ts';
import { type Operators, openOperators } from './operators.ts';
import { type Pair, type PairPlace, startPair } from './pair.ts';
import { nodeParameters, type Ports, parametersOf, SECOND_VENUE } from './parameters.ts';
import { type ManagedProcess, startProcess } from './process.ts';

/*
                      verifier-link ──▶ verifier
                        ▲
   venue ──▶ relay ──▶ run ──▶ gateway ──▶ venue       `gateway: run`: the run ──▶ venue itself
                                                       `wire`: relay ──▶ bridge ──▶ run
                                                       `gateway: pair`: two of them, and a witness
                                                       venue-link: where faults ask for one
                                                       `brokers`: the run's ticks go there and back
*/
export type Servers =
  | 'venue'
  | 'second-venue'
  | 'venue-link'
  | 'verifier'
  | 'verifier-link'
  | 'gateway'
  | 'witness';

export type World = {
  readonly folders: Folders;
  readonly relay: FeedRelay;
  /** Where the run is fed as an exchange feeds it. */
  readonly bridge: ExchangeBridge | undefined;
  readonly run: ManagedProcess;
  readonly pair: Pair | undefined;
  /** Where ticks and logs go by way of Kafka. */
  readonly brokers: Brokers | undefined;
  /** Where the gateway has a desk file. */
  readonly operators: Operators | undefined;
  process(name: Servers): ManagedProcess;
  /** Where each of them is to be reached. */
  readonly ports: Readonly<Ports>;
  /** Takes the place of the venue, where the venue-link was, until it is closed. */
  impersonate(): Promise<Impostor>;
  /** Starts one again that was killed, where it was before, with further parameters. */
  restart(name: Servers, further?: readonly string[]): Promise<void>;
  /** Ends everything, whatever state it is in. */
  stop(): Promise<void>;
};

export type Folders = {
  /** Of the run: edge.log, and the gateway's where it is the run's own. */
  run: string;
  /** Of venue and gateway: both logs of bytes side by side, so that a replay compares them. */
  trading: string;
  /** A text file a process. */
  processes: string;
};

export type WorldOptions = {
  scenario: Scenario;
  directory: string;
  clock: Clock;
  onCrash(text: string): void;
  onFailure(error: OutriderError): void;
};

/** The gateway takes its leave of a venue that still is there. */
const ENDING: readonly Servers[] = [
  ...(['gateway', 'witness', 'verifier-link', 'verifier', 'venue-link', 'second-venue'] as const),
  'venue',
];

/** Each keeps its own while it is away. */
async function takePorts(scenario: Scenario): Promise<Ports> {
  const [venue, feed, verifier, link, gateway, witness, ...second] = (await freePorts(8)) as Eight;
  const [secondVenue, secondFeed] = second;
  const venueLink = hasVenueLink(scenario) ? await freePort() : 0;
  return { venue, feed, verifier, link, venueLink, gateway, witness, secondVenue, secondFeed };
}

type Four = [number, number, number, number];
type Eight = [...Four, ...Four];

/** Rejects where a process does not start; those that did are ended first. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const folders = makeFolders(options.directory);
  const servers = new Map<Servers, ManagedProcess>();
  const ports = await takePorts(options.scenario);
  const operators = operatorsOf(options, folders, ports);
  let relay: FeedRelay | undefined;
  let bridge: ExchangeBridge | undefined;
  let run: ManagedProcess | undefined;
  let pair: Pair | undefined;
  let brokers: Brokers | undefined;
  const deskFile = operators?.deskFile;
  const node = { options, folders, ports, deskFile };
  const start = async (name: Servers, further: readonly string[] = []) => {
    const process = await startServer(name, { ...node, further });
    servers.set(name, process);
    notePorts(name, process, ports);
  };
  const stop = async () => {
    await run?.stop();
    await bridge?.close();
    await relay?.close();
    await pair?.stop();
    for (const name of ENDING) await servers.get(name)?.stop();
    await brokers?.stop();
  };
  try {
    const { scenario, clock, onFailure } = options;
    brokers = await brokersOf(scenario, folders);
    const second = scenario.venues > 1 ? start('second-venue') : undefined;
    await Promise.all([start('venue'), second, start('verifier')]);
    if (hasVenueLink(scenario)) await start('venue-link');
    const trading = scenario.gateway === 'process' ? start('gateway') : undefined;
    if (scenario.gateway === 'pair') {
      if (scenario.witness) await start('witness');
      pair = await startPair({
        start: (name, place, further) => startNode(name, place, { ...node, further }),
      });
      [ports.gateway, ...ports.otherGateway] = pair.edgePorts as [number, ...number[]];
    }
    const { seed } = scenario;
    const relaying = startFeedRelay({ upstreamPort: ports.feed, seed, clock, onFailure });
    [relay] = await Promise.all([relaying, start('verifier-link'), trading]);
    if (scenario.wire !== undefined) {
      bridge = await startExchangeBridge({ relayPort: relay.port, clock, onFailure });
    }
    run = await startRun({ relay, bridge, brokers }, node);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...{ folders, relay, bridge, brokers, run, pair, stop, operators, ports },
    process: name => servers.get(name)!,
    impersonate: () => startImpostor(ports.venueLink),
    async restart(name, further) {
      await servers.get(name)!.exited;
      await start(name, further);
    },
  };
}

function operatorsOf(
  { scenario, directory, clock }: WorldOptions,
  { trading }: Folders,
  { secondVenue, secondFeed }: Ports,
): Operators | undefined {
  const second = { venue: secondVenue, feed: secondFeed };
  return openOperators(scenario, { directory, trading, clock, second });
}

async function brokersOf({ brokers: nodes, faults }: Scenario, folders: Folders) {
  if (nodes === undefined) return undefined;
  const isMoved = faults.some(({ target, kind }) => target === 'broker' && kind === 'ahead');
  const clock = isMoved ? folders.processes : undefined;
  const logFile = logOf(folders, 'topics');
  return await startBrokers({ nodes, clock, prepare: on => makePipelineTopics(on, logFile) });
}

function makeFolders(directory: string): Folders {
  const folders = {
    run: join(directory, 'run'),
    trading: join(directory, 'trading'),
    processes: join(directory, 'processes'),
  };
  for (const folder of [folders.trading, folders.processes]) mkdirSync(folder, { recursive: true });
  return folders;
}

const logOf = ({ processes }: Folders, name: string) => join(processes, `${name}.log`);

/** A node of a pair has a folder of its own beside the venue's bytes. */
function startNode(
  name: string,
  { edge, replicate, standbyOf }: PairPlace,
  { options, folders, ports, deskFile, further }: Starting,
): Promise<ManagedProcess> {
  const { scenario, onCrash } = options;
  const out = join(folders.trading, name);
  const place = { ...ports, gateway: edge, out, loadNs: loadNs(scenario), deskFile };
  const node = { name, replicate, standbyOf };
  return startProcess({
    ...{ name: `gateway-${name}`, isServer: true, onCrash },
    ...{ logFile: logOf(folders, name) },
    parameters: [...nodeParameters(node, scenario, place), ...further],
  });
}

/** What each venue received. */
export function receivedFiles({ trading }: Folders): Record<'venue' | 'second-venue', string> {
  const received = join('fix', 'venue-received.fix');
  const second = join(trading, SECOND_VENUE, received);
  return { venue: join(trading, received), 'second-venue': second };
}

type RunPlace = {
  relay: FeedRelay;
  bridge: ExchangeBridge | undefined;
  brokers: Brokers | undefined;
};

/** Whose feed is the relay's, by way of the bridge where there is one. */
function startRun(
  { relay, bridge, brokers }: RunPlace,
  { options, folders, ports }: Pick<Starting, 'options' | 'folders' | 'ports'>,
): Promise<ManagedProcess> {
  const { scenario, onCrash } = options;
  return startProcess({
    ...{ name: 'run', isServer: false, onCrash, logFile: logOf(folders, 'run') },
    parameters: [
      ...parametersOf('run', scenario, {
        ...{ ...ports, feed: relay.port, out: folders.run, loadNs: loadNs(scenario) },
        ...(bridge && { exchange: { port: bridge.port, instruments: relay.instruments } }),
      }),
      ...(brokers === undefined ? [] : topicOptions(brokers.addresses)),
    ],
  });
}

type Starting = {
  options: WorldOptions;
  folders: Folders;
  ports: Ports;
  deskFile: string | undefined;
  further: readonly string[];
};

function startServer(
  name: Servers,
  { options, folders, ports, deskFile, further }: Starting,
): Promise<ManagedProcess> {
  const { scenario, onCrash } = options;
  const at = { ...ports, out: folders.trading, loadNs: loadNs(scenario), deskFile };
  const parameters = [...parametersOf(name, scenario, at), ...further];
  return startProcess({
    ...{ name, isServer: true, onCrash, logFile: logOf(folders, name), parameters },
  });
}

/** From then on it comes back where its neighbours look for it. */
function notePorts(name: Servers, { ports: said }: ManagedProcess, ports: Ports): void {
  switch (name) {
    case 'venue':
      ports.venue = said.port!;
      ports.feed = said.feedPort!;
      break;
    // Its ports were given to the desk file.
    case 'second-venue':
      break;
    case 'venue-link':
      ports.venueLink = said.port!;
      break;
    case 'verifier':
      ports.verifier = said.port!;
      break;
    case 'verifier-link':
      ports.link = said.port!;
      break;
    case 'witness':
      ports.witness = said.port!;
      break;
    case 'gateway':
      ports.gateway = said.port!;
      break;
  }
}
