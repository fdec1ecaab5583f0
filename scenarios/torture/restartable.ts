/** A process that may be killed and comes back on the ports of the one before. */
import { join } from 'node:path';
import { freePorts } from '#engine';
import { type ManagedProcess, startProcess } from '../runner/play/process.ts';

export type Restartable = {
  readonly process: ManagedProcess | undefined;
  readonly isAlive: boolean;
  port(name: string): number;
  /** `127.0.0.1:PORT`, also before the first start. */
  at(name: string): string;
  /** Rejects where it ends, or is killed, before it says that it is ready; one at a time. */
  start(parameters: string[]): Promise<void>;
  /** SIGKILL, also of one that starts, and waits for the end. */
  kill(): Promise<void>;
};

export type RestartableOptions = {
  /** By the names that it says. */
  ports: Readonly<Record<string, number>>;
  /** Of its output's file. */
  name: string;
  /** Gets `NAME.txt`. */
  directory: string;
  environment: Record<string, string>;
};

/** Free ones by these names, which nobody else is given while the process is away. */
export async function namedPorts(...names: string[]): Promise<Record<string, number>> {
  const ports = await freePorts(names.length);
  return Object.fromEntries(names.map((name, at) => [name, ports[at]!]));
}

export function restartable(options: RestartableOptions): Restartable {
  const { name, directory, environment } = options;
  let { ports } = options;
  let process: ManagedProcess | undefined;
  let alive: ManagedProcess | undefined;
  let starting: { abort: AbortController; done: Promise<void> } | undefined;
  const begin = async (parameters: string[], abort: AbortSignal) => {
    const started = await startProcess({
      ...{ name, environment, parameters, isServer: true, abort, onCrash() {} },
      logFile: join(directory, `${name}.txt`),
    });
    ({ ports } = started);
    process = started;
    alive = started;
    void started.exited.then(() => {
      if (alive === started) alive = undefined;
    });
  };
  return {
    get process() {
      return process;
    },
    get isAlive() {
      return alive !== undefined;
    },
    port: port => ports[port]!,
    at: port => `127.0.0.1:${ports[port]}`,
    async start(parameters) {
      if (starting !== undefined) throw new Error(`${name} is starting already`);
      const abort = new AbortController();
      const done = begin(parameters, abort.signal).finally(() => {
        starting = undefined;
      });
      starting = { abort, done };
      await done;
    },
    async kill() {
      starting?.abort.abort();
      await starting?.done.catch(() => {});
      process?.expectEnd();
      process?.signal('SIGCONT');
      process?.signal('SIGKILL');
      await process?.exited;
    },
  };
}
