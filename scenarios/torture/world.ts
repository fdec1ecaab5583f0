/** What is tortured: venues, a gateway under the shim, recorders between them, and a source. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SENDER, TARGET } from '#cli';
import { clockFrom, type Forwarder, type SeededRandom, startForwarder, wallTimers } from '#engine';
import type { ManagedProcess } from '../runner/play/process.ts';
import { wireFolder } from './checker/evidence.ts';
import { JUDGED_LIMITS } from './checker/start-terms.ts';
import { waitFor } from './failures/failure.ts';
import { createFaultControl, type FaultControl } from './fault-control.ts';
import { type Recorder, startRecorder } from './recorder.ts';
import { namedPorts, type Restartable, restartable } from './restartable.ts';
import { openSource, type Source } from './source.ts';

export type World = {
  /** Holds all that checker/evidence.ts names. */
  readonly directory: string;
  /** Of the venue that is struck; so is `venue` below. */
  readonly recorder: Recorder;
  /** Handed on to all venues so far. */
  readonly upBytes: number;
  readonly source: Source;
  readonly fault: FaultControl;
  /** Between source and gateway. */
  readonly link: Forwarder;
  readonly gateway: ManagedProcess | undefined;
  readonly isGatewayAlive: boolean;
  /** Starts the gateway on its folder; rejects where it ends before it listens. */
  startGateway(): Promise<void>;
  /** Ends it, and waits for that. */
  killGateway(): Promise<void>;
  killVenue(): Promise<void>;
  startVenue(): Promise<void>;
  readonly venue: ManagedProcess | undefined;
  /** Ends all of it. */
  close(): Promise<void>;
};

export type WorldOptions = {
  /** Is made. */
  directory: string;
  random: SeededRandom;
  /** The shim's library. */
  library: string;
  /** Compiled code is kept here, so that a restart costs less. */
  compileCache: string;
};

const at = (port: number) => `127.0.0.1:${port}`;

const BEGIN_MS = 20_000;
/** Few, so that a process that comes back begins with one nearly always. */
const SNAPSHOTS = ['--snapshot-records', '60'];

const LIMITS = Object.entries(JUDGED_LIMITS).flatMap(([name, value]) => [
  `--${name.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`,
  String(value),
]);

/** Of any gateway under torture. */
export const gatewayTerms = (heartbeatSeconds: number): string[] => [
  ...['--heartbeat-seconds', String(heartbeatSeconds)],
  ...LIMITS,
];

export const venueParameters = (venue: Restartable, directory: string): string[] => [
  ...['venue', '--listen', venue.at('port'), '--feed', venue.at('feedPort')],
  ...['--out', directory, '--heartbeat-seconds', '1'],
];

type Venue = { name: string; process: Restartable; recorder: Recorder; start(): Promise<void> };

/** One venue, one strategy, one order an instrument. */
export const openWorld = (options: WorldOptions): Promise<World> =>
  open(options, [{ name: 'venue', out: options.directory }]);

/** Two venues; one strategy's policy works at both. The seed says which venue is struck. */
export const openDeskWorld = (options: WorldOptions): Promise<World> =>
  open(
    options,
    ['north', 'south'].map(name => ({ name, out: join(options.directory, name) })),
  );

async function open(
  options: WorldOptions,
  places: readonly { name: string; out: string }[],
): Promise<World> {
  const { directory, random, library, compileCache } = options;
  mkdirSync(directory, { recursive: true });
  const fault = createFaultControl(join(directory, 'fault.control'));
  const caching = { NODE_COMPILE_CACHE: compileCache };
  const shimmed = { ...caching, LD_PRELOAD: library, OUTRIDER_FAULT_CONTROL: fault.path };
  const venues = await Promise.all(
    places.map((place, venue) => startVenue({ ...place, directory, venue, environment: caching })),
  );
  const own = { ports: await namedPorts('port'), environment: shimmed };
  const gateway = restartable({ name: 'gateway', directory, ...own });
  const [{ recorder }, ...others] = venues as [Venue, ...Venue[]];
  const isAlone = others.length === 0;
  const terms = isAlone ? ['--venue', at(recorder.port)] : ['--desk', deskFile(directory, venues)];
  const startGateway = () =>
    gateway.start([
      ...['gateway', '--listen', gateway.at('port'), '--out', directory],
      ...[...SNAPSHOTS, ...terms, ...gatewayTerms(1)],
    ]);
  await startGateway();
  const clock = clockFrom(0);
  const link = await startForwarder({
    ...{ clock, timers: wallTimers(clock), delayNs: { up: 0, down: 0 } },
    ...{ listen: { host: '127.0.0.1', port: 0 }, target: { port: gateway.port('port') } },
  });
  const [feedPort, ...furtherFeedPorts] = venues.map(({ process }) => process.port('feedPort'));
  const ports = { feedPort: feedPort!, furtherFeedPorts, linkPort: link.port };
  const source = await openSource({ directory, random, ...ports, ...(isAlone ? {} : TWO_EDGES) });
  source.connect();
  // The first begins the log: before it there is nothing that could fail.
  await waitFor(() => source.isUp, BEGIN_MS);
  const struck = venues[Math.floor(random.split('struck').nextFloat() * venues.length)]!;
  return {
    ...{ directory, recorder: struck.recorder, source, fault, link, startGateway },
    startVenue: struck.start,
    get upBytes() {
      return venues.reduce((sum, { recorder }) => sum + recorder.upBytes, 0);
    },
    get gateway() {
      return gateway.process;
    },
    get isGatewayAlive() {
      return gateway.isAlive;
    },
    get venue() {
      return struck.process.process;
    },
    killGateway: gateway.kill,
    killVenue: struck.process.kill,
    async close() {
      source.close();
      await Promise.all([gateway.kill(), ...venues.map(({ process }) => process.kill())]);
      await Promise.all([link.close(), ...venues.map(({ recorder }) => recorder.close())]);
      fault.close();
    },
  };
}

async function startVenue(place: {
  name: string;
  out: string;
  directory: string;
  venue: number;
  environment: Record<string, string>;
}): Promise<Venue> {
  const { name, out, directory, venue, environment } = place;
  mkdirSync(out, { recursive: true });
  const ports = await namedPorts('port', 'feedPort');
  const process = restartable({ name, directory, ports, environment });
  const start = () => process.start(venueParameters(process, out));
  await start();
  const recorder = await startRecorder(wireFolder(directory, venue), process.port('port'));
  return { name, process, recorder, start };
}

const TWO_EDGES = { strategies: ['alpha', 'beta'] };

/**
 * Hold-off and quotes as often as the source turns, so that its wishes overlap. Prices of the
 * second venue part from those the edge sees: where it does not fill, the other one must, however
 * slow its answers were while it was struck.
 */
const EXECUTION = {
  ...{ holdOffMs: 10, quotesEveryMs: 10 },
  router: { missPerMillion: 1000, latencyPerMillion: 0, halfLifeSeconds: 10 },
};

/** Writes it; gives its path. */
function deskFile(directory: string, venues: readonly Venue[]): string {
  const file = join(directory, 'desk.json');
  const content = {
    venues: venues.map(({ name, recorder }) => ({
      ...{ name, address: at(recorder.port), heartbeatSeconds: 1, postOnly: true },
      ...{ senderCompId: SENDER, targetCompId: TARGET, timesInForce: ['day', 'ioc'] },
    })),
    strategies: [
      { name: 'alpha', account: 'fund', instruments: ['SIMA'], execution: EXECUTION },
      { name: 'beta', account: 'fund', instruments: ['SIMB'] },
    ],
    accounts: [{ name: 'fund' }],
  };
  writeFileSync(file, JSON.stringify(content));
  return file;
}
