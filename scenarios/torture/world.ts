/** What is tortured: a venue, a gateway under the shim, a recorder between them, and a source. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { clockFrom, type Forwarder, type SeededRandom, startForwarder, wallTimers } from '#engine';
import { type ManagedProcess, startProcess } from '../runner/play/process.ts';
import { JUDGED_LIMITS } from './checker/start-terms.ts';
import { createFaultControl, type FaultControl } from './fault-control.ts';
import { type Recorder, startRecorder } from './recorder.ts';
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

const ANY = '127.0.0.1:0';
const HEARTBEAT = ['--heartbeat-seconds', '1'];
const LIMITS = Object.entries(JUDGED_LIMITS).flatMap(([name, value]) => [
  `--${name.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`,
  String(value),
]);

export async function openWorld(options: WorldOptions): Promise<World> {
  const { directory, random, library, compileCache } = options;
  mkdirSync(directory, { recursive: true });
  const fault = createFaultControl(join(directory, 'fault.control'));
  const caching = { NODE_COMPILE_CACHE: compileCache };
  const at = { venue: ANY, feed: ANY, gateway: ANY };
  let venue: ManagedProcess | undefined;
  let gateway: ManagedProcess | undefined;

  const start = (name: string, parameters: string[], environment: Record<string, string>) =>
    startProcess({
      ...{ name, environment, isServer: true, onCrash() {} },
      parameters: [name, ...parameters, '--out', directory],
      logFile: join(directory, `${name}.txt`),
    });
  const startVenue = async () => {
    const places = ['--listen', at.venue, '--feed', at.feed];
    venue = await start('venue', [...places, ...HEARTBEAT], caching);
    at.venue = `127.0.0.1:${venue.ports.port}`;
    at.feed = `127.0.0.1:${venue.ports.feedPort}`;
  };
  await startVenue();
  const recorder = await startRecorder(join(directory, 'wire'), venue!.ports.port!);
  const startGateway = async () => {
    const places = ['--listen', at.gateway, '--venue', `127.0.0.1:${recorder.port}`];
    const shimmed = { ...caching, LD_PRELOAD: library, OUTRIDER_FAULT_CONTROL: fault.path };
    gateway = await start('gateway', [...places, ...HEARTBEAT, ...LIMITS], shimmed);
    at.gateway = `127.0.0.1:${gateway.ports.port}`;
  };
  await startGateway();
  const clock = clockFrom(0);
  const link = await startForwarder({
    ...{ clock, timers: wallTimers(clock), delayNs: { up: 0, down: 0 } },
    ...{ listen: { host: '127.0.0.1', port: 0 }, target: { port: gateway!.ports.port! } },
  });
  const ports = { feedPort: venue!.ports.feedPort!, linkPort: link.port };
  const source = await openSource({ directory, random, ...ports });
  source.connect();
  return {
    ...{ directory, recorder, source, fault, link, startGateway, startVenue },
    get gateway() {
      return gateway;
    },
    get venue() {
      return venue;
    },
    killGateway: () => kill(gateway),
    killVenue: () => kill(venue),
    async close() {
      source.close();
      await Promise.all([kill(gateway), kill(venue)]);
      await Promise.all([link.close(), recorder.close()]);
      fault.close();
    },
  };
}

async function kill(process: ManagedProcess | undefined): Promise<void> {
  process?.expectEnd();
  process?.signal('SIGKILL');
  await process?.exited;
}
