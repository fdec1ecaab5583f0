/** A process that may be killed and comes back on the ports of the one before. */
import { join } from 'node:path';
import { type ManagedProcess, startProcess } from '../runner/play/process.ts';

export type Restartable = {
  readonly process: ManagedProcess | undefined;
  readonly isAlive: boolean;
  port(name: string): number;
  /** `127.0.0.1:PORT`, with 0 for any before the first start. */
  at(name: string): string;
  /** Rejects where it ends before it says that it is ready. */
  start(parameters: string[]): Promise<void>;
  /** SIGKILL, and waits for the end. */
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
      const started = await startProcess({
        ...{ name, environment, parameters, isServer: true, onCrash() {} },
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
      process?.signal('SIGCONT');
      process?.signal('SIGKILL');
      await process?.exited;
    },
  };
}
