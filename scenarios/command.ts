/** Runs the `outrider` command as a user does: a process of its own, its output and exit status. */
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
export type CommandResult = { status: number | null; stdout: string; stderr: string };

export type RunningCommand = {
  readonly pid: number;
  /** Output so far. */
  readonly stdout: string;
  readonly stderr: string;
  kill(signal: NodeJS.Signals): void;
  done: Promise<CommandResult>;
};

/** A command that others connect to. */
export type RunningServer = RunningCommand & {
  readonly port: number;
  /** Of a venue. */
  readonly feedPort: number;
};

const TIME_MS_MAX = 600_000;
const POLL_MS = 20;

/** Starts `outrider ...`; it is ended by its own id when it outlives its time. */
export function startCommand(
  parameters: string[],
  options: { environment?: Record<string, string>; timeMsMax?: number } = {},
): RunningCommand {
  return startNode([join(ROOT, 'cli', 'main.ts'), ...parameters], options);
}

function startNode(
  parameters: string[],
  options: { environment?: Record<string, string>; timeMsMax?: number } = {},
): RunningCommand {
  const child = spawn(process.execPath, parameters, {
    cwd: ROOT,
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (bytes: Buffer) => {
    said.stdout += bytes.toString();
  });
  child.stderr.on('data', (bytes: Buffer) => {
    said.stderr += bytes.toString();
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeMsMax ?? TIME_MS_MAX);
  const done = new Promise<CommandResult>(resolve =>
    child.once('close', status => {
      clearTimeout(timer);
      resolve({ status, ...said });
    }),
  );
  return {
    pid: child.pid!,
    get stdout() {
      return said.stdout;
    },
    get stderr() {
      return said.stderr;
    },
    kill: signal => void child.kill(signal),
    done,
  };
}

/** Starts a command that serves, and resolves once it has said where: `{"port":N}`. */
export async function startServer(parameters: string[]): Promise<RunningServer> {
  const server = startCommand(parameters);
  let isOver = false;
  void server.done.then(() => {
    isOver = true;
  });
  while (!server.stdout.includes('\n')) {
    if (isOver) throw new Error(`outrider ${parameters.join(' ')}: ${server.stderr}`);
    await new Promise(resolve => setTimeout(resolve, POLL_MS));
  }
  const said = JSON.parse(server.stdout.split('\n')[0]!) as { port: number; feedPort?: number };
  return Object.assign(server, { port: said.port, feedPort: said.feedPort ?? 0 });
}

export function runCommand(
  parameters: string[],
  options?: Parameters<typeof startCommand>[1],
): Promise<CommandResult> {
  return startCommand(parameters, options).done;
}

/** Runs a program of the project with the collector at hand. */
export function runProgram(file: string, parameters: string[]): Promise<CommandResult> {
  return startNode(['--expose-gc', join(ROOT, file), ...parameters]).done;
}

/** A folder of its own for a run, which does not exist yet. */
export function newRunFolder(): string {
  return join(mkdtempSync(join(tmpdir(), 'outrider-run-')), 'run');
}
