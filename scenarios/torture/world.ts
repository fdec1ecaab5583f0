/** What is tortured: a venue, a gateway under the shim, a recorder between them, and a source. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { clockFrom, type Forwarder, type SeededRandom, startForwarder, wallTimers } from '#engine';
import type { ManagedProcess } from '../runner/play/process.ts';
import { JUDGED_LIMITS } from './checker/start-terms.ts';
import { waitFor } from './failures/failure.ts';
import { createFaultControl, type FaultControl } from './fault-control.ts';
import { type Recorder, startRecorder } from './recorder.ts';
import { type Restartable, restartable } from './restartable.ts';
import { openSource, type Source } from './source.ts';

export type World = {
  /** Holds all that checker/evidence.ts names. */
  readonly directory: string;
  readonly recorder: Recorder;
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

export async function openWorld(options: WorldOptions): Promise<World> {
  const { directory, random, library, compileCache } = options;
  mkdirSync(directory, { recursive: true });
  const fault = createFaultControl(join(directory, 'fault.control'));
  const caching = { NODE_COMPILE_CACHE: compileCache };
  const shimmed = { ...caching, LD_PRELOAD: library, OUTRIDER_FAULT_CONTROL: fault.path };
  const venue = restartable({ name: 'venue', directory, environment: caching });
  const gateway = restartable({ name: 'gateway', directory, environment: shimmed });

  const startVenue = () => venue.start(venueParameters(venue, directory));
  await startVenue();
  const recorder = await startRecorder(join(directory, 'wire'), venue.port('port'));
  const startGateway = () => {
    const places = ['--listen', gateway.at('port'), '--venue', `127.0.0.1:${recorder.port}`];
    const own = [...places, '--out', directory, ...SNAPSHOTS];
    return gateway.start(['gateway', ...own, ...gatewayTerms(1)]);
  };
  await startGateway();
  const clock = clockFrom(0);
  const link = await startForwarder({
    ...{ clock, timers: wallTimers(clock), delayNs: { up: 0, down: 0 } },
    ...{ listen: { host: '127.0.0.1', port: 0 }, target: { port: gateway.port('port') } },
  });
  const ports = { feedPort: venue.port('feedPort'), linkPort: link.port };
  const source = await openSource({ directory, random, ...ports });
  source.connect();
  // The first edge begins the log: before it there is nothing that could fail.
  await waitFor(() => source.isUp, BEGIN_MS);
  return {
    ...{ directory, recorder, source, fault, link, startGateway, startVenue },
    get gateway() {
      return gateway.process;
    },
    get isGatewayAlive() {
      return gateway.isAlive;
    },
    get venue() {
      return venue.process;
    },
    killGateway: gateway.kill,
    killVenue: venue.kill,
    async close() {
      source.close();
      await Promise.all([gateway.kill(), venue.kill()]);
      await Promise.all([link.close(), recorder.close()]);
      fault.close();
    },
  };
}
