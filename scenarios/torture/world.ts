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

const HEARTBEAT = ['--heartbeat-seconds', '1'];
/** Few, so that a process that comes back begins with one nearly always. */
const SNAPSHOTS = ['--snapshot-records', '60'];
const LIMITS = Object.entries(JUDGED_LIMITS).flatMap(([name, value]) => [
  `--${name.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`,
  String(value),
]);

export async function openWorld(options: WorldOptions): Promise<World> {
  const { directory, random, library, compileCache } = options;
  mkdirSync(directory, { recursive: true });
  const fault = createFaultControl(join(directory, 'fault.control'));
  const caching = { NODE_COMPILE_CACHE: compileCache };
  const shimmed = { ...caching, LD_PRELOAD: library, OUTRIDER_FAULT_CONTROL: fault.path };
  const venue = restartable('venue', directory, caching);
  const gateway = restartable('gateway', directory, shimmed);

  const startVenue = () => {
    const places = ['--listen', venue.at('port'), '--feed', venue.at('feedPort')];
    return venue.start([...places, ...HEARTBEAT]);
  };
  await startVenue();
  const recorder = await startRecorder(join(directory, 'wire'), venue.port('port'));
  const startGateway = () => {
    const places = ['--listen', gateway.at('port'), '--venue', `127.0.0.1:${recorder.port}`];
    return gateway.start([...places, ...HEARTBEAT, ...LIMITS, ...SNAPSHOTS]);
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

/** A process that comes back on the ports of the one before. */
function restartable(name: string, directory: string, environment: Record<string, string>) {
  let ports: Readonly<Record<string, number>> = {};
  let process: ManagedProcess | undefined;
  let alive: ManagedProcess | undefined;
  return {
    get process() {
      return process;
    },
    get isAlive() {
      return alive !== undefined;
    },
    port: (port: string) => ports[port]!,
    at: (port: string) => `127.0.0.1:${ports[port] ?? 0}`,
    async start(parameters: string[]) {
      const started = await startProcess({
        ...{ name, environment, isServer: true, onCrash() {} },
        parameters: [name, ...parameters, '--out', directory],
        logFile: join(directory, `${name}.txt`),
      });
      ({ ports } = started);
      process = started;
      alive = started;
      void started.exited.then(() => {
        if (alive === started) alive = undefined;
      });
    },
    async kill() {
      process?.expectEnd();
      process?.signal('SIGKILL');
      await process?.exited;
    },
  };
}
