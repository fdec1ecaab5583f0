/** Processes of this program that a run starts and stops, by their own ids. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Clock, OutriderError, SECOND_NS, type Timers } from '#engine';

const MAIN = join(import.meta.dirname, '..', 'main.ts');
const READY_NS = 30 * SECOND_NS;

export type Child = {
  readonly pid: number;
  readonly port: number;
  kill(signal: NodeJS.Signals): void;
  /** Resolves once it has gone. */
  exited: Promise<void>;
};

/**
 * Starts `outrider COMMAND ...` and waits for its first line, `{"port":N}`; an early end, or none
 * in time, is a `network` error with what it said.
 */
export function startChild(
  parameters: string[],
  { clock, timers }: { clock: Clock; timers: Timers },
): Promise<Child> {
  const child = spawn(process.execPath, [MAIN, ...parameters], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr!.on('data', (bytes: Buffer) => {
    said = (said + bytes.toString()).slice(-4000);
  });
  const exited = new Promise<void>(resolve => child.once('close', () => resolve()));
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      timer.cancel();
      child.kill('SIGKILL');
      reject(new OutriderError('network', `outrider ${parameters[0]}: ${why} ${said}`.trim()));
    };
    const timer = timers.at(clock.nowNs() + READY_NS, () => fail('was not ready in 30 s'));
    child.once('exit', status => fail(`ended with status ${status}`));
    child.once('error', error => fail(error.message));
    createInterface({ input: child.stdout! }).once('line', line => {
      timer.cancel();
      child.removeAllListeners('exit');
      resolve(runningChild(child, readPort(line), exited));
    });
  });
}

function runningChild(child: ChildProcess, port: number, exited: Promise<void>): Child {
  return {
    pid: child.pid!,
    port,
    kill: signal => void child.kill(signal),
    exited,
  };
}

function readPort(line: string): number {
  const { port } = JSON.parse(line) as { port: number };
  return port;
}
