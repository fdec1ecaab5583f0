/** A process of this program under a scenario: started, watched, signalled and ended by its id. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { OutriderError } from '#engine';

export type ProcessExit = { status: number | null; signal: NodeJS.Signals | null };

export type ManagedProcess = {
  readonly name: string;
  readonly pid: number;
  /** What its first line said, such as {"port":N}. */
  readonly ports: Readonly<Record<string, number>>;
  readonly exited: Promise<ProcessExit>;
  /** Over the channel that Node gives a child. */
  tell(message: object): void;
  /** Signals it, if it still is there. */
  signal(signal: NodeJS.Signals): void;
  /** An end from now on is no crash. */
  expectEnd(): void;
  /** Continues and ends it in order, or after a while by SIGKILL. */
  stop(): Promise<ProcessExit>;
};

export type StartOptions = {
  name: string;
  /** Of a process that is none of the command's: the file that it runs. */
  script?: string;
  /** `outrider ...`, or of the script. */
  parameters: string[];
  /** All that it prints is appended here. */
  logFile: string;
  /** Beside this process's own. */
  environment?: Record<string, string>;
  /** It says its ports in its first line, and is ready then. */
  isServer: boolean;
  /** Aborted: a server that is not ready yet is ended, and its start rejects. */
  abort?: AbortSignal;
  /** Ended though nobody meant it to. */
  onCrash(text: string): void;
  onText?(text: string): void;
};

const MAIN = join(import.meta.dirname, '..', '..', '..', 'cli', 'main.ts');
const READY_MS = 30_000;
const STOP_MS = 15_000;
const SAID_MAX = 4000;

type Managed = {
  child: ChildProcess;
  options: StartOptions;
  said: string;
  isEndExpected: boolean;
};

/**
 * In a session of its own, so that a Ctrl-C at the terminal reaches the scenario alone, which then
 * ends its processes in order. Rejects with `network` where a server is not ready in time, once it
 * is dead: none is left behind.
 */
export async function startProcess(options: StartOptions): Promise<ManagedProcess> {
  const child = spawn(process.execPath, [options.script ?? MAIN, ...options.parameters], {
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  const managed: Managed = { child, options, said: '', isEndExpected: false };
  const firstLine = capture(managed);
  const exited = new Promise<ProcessExit>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => {
      if (!managed.isEndExpected) options.onCrash(`${options.name} ${endText(managed)}`);
      resolve({ status, signal });
    });
  });
  const ports = options.isServer ? await ready(managed, firstLine, exited) : {};
  return {
    ...{ name: options.name, pid: child.pid!, ports, exited },
    tell: message => void child.send(message),
    signal: signal => void child.kill(signal),
    expectEnd() {
      managed.isEndExpected = true;
    },
    async stop() {
      managed.isEndExpected = true;
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      const exit = await exited;
      clearTimeout(timer);
      return exit;
    },
  };
}

/** Copies what it prints to its file; resolves with the first line. */
function capture(managed: Managed): Promise<string> {
  const { child, options } = managed;
  const file = openSync(options.logFile, 'a');
  const first = Promise.withResolvers<string>();
  let head = '';
  const onBytes = (bytes: Buffer, isOut: boolean) => {
    writeSync(file, bytes);
    options.onText?.(bytes.toString());
    managed.said = (managed.said + bytes.toString()).slice(-SAID_MAX);
    if (!isOut || head.includes('\n')) return;
    head += bytes.toString();
    if (head.includes('\n')) first.resolve(head.split('\n')[0]!);
  };
  child.stdout!.on('data', bytes => onBytes(bytes, true));
  child.stderr!.on('data', bytes => onBytes(bytes, false));
  child.once('close', () => closeSync(file));
  return first.promise;
}

async function ready(
  managed: Managed,
  firstLine: Promise<string>,
  exited: Promise<ProcessExit>,
): Promise<Record<string, number>> {
  const { child, options } = managed;
  const late = Promise.withResolvers<never>();
  const giveUp = (why: string) => late.reject(failure(managed, why));
  const timer = setTimeout(giveUp, READY_MS, 'was not ready in 30 s');
  const onAbort = () => giveUp('was ended before it was ready');
  options.abort?.addEventListener('abort', onAbort);
  const gone = exited.then(() => Promise.reject(failure(managed, endText(managed))));
  managed.isEndExpected = true;
  try {
    const line = await Promise.race([firstLine, late.promise, gone]);
    managed.isEndExpected = false;
    return JSON.parse(line) as Record<string, number>;
  } catch (error) {
    child.kill('SIGKILL');
    await exited.catch(() => {});
    throw error instanceof OutriderError ? error : failure(managed, String(error));
  } finally {
    clearTimeout(timer);
    options.abort?.removeEventListener('abort', onAbort);
    gone.catch(() => {});
  }
}

function endText({ child, said }: Managed): string {
  const { exitCode, signalCode } = child;
  const how = signalCode === null ? `with status ${exitCode}` : `by ${signalCode}`;
  return `ended ${how}: ${said.trim().split('\n').at(-1) ?? ''}`;
}

const failure = ({ options }: Managed, why: string) =>
  new OutriderError('network', `${options.name}: ${why}; its output is in ${options.logFile}`);
