/** A process that may be killed and comes back on the ports of the one before. */
import { join } from 'node:path';
import { type ManagedProcess, startProcess } from '../runner/play/process.ts';

export type Restartable = {
  readonly process: ManagedProcess | undefined;
  readonly isAlive: boolean;
  port(name: string): number;
  /** `127.0.0.1:PORT`, with 0 for any before the first start. */
  at(name: string): string;
  /** Rejects where it ends, or is killed, before it says that it is ready; one at a time. */
  start(parameters: string[]): Promise<void>;
  /** SIGKILL, also of one that starts, and waits for the end. */
  kill(): Promise<void>;
};

export type RestartableOptions = {
  /** Of its output's file. */
  name: string;
  /** Gets `NAME.txt`. */
  directory: string;
  environment: Record<string, string>;
};

export function restartable({ name, directory, environment }: RestartableOptions): Restartable {
  let ports: Readonly<Record<string, number>> = {};
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
    at: port => `127.0.0.1:${ports[port] ?? 0}`,
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
