/** A program of ours as a child process: its lines one by one, and its end. */

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { OutriderError } from '#engine';

export type Program = {
  readonly pid: number;
  /** The next line of its output; undefined once there is none. */
  nextLine(): Promise<string | undefined>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves to the exit status, null where a signal ended it. */
  exited: Promise<number | null>;
  /** The last of what it wrote to its standard error. */
  readonly complaint: string;
};

export type ProgramOptions = {
  /** For the error texts. */
  name: string;
  command: readonly [program: string, ...parameters: string[]];
  folder: string;
  environment?: NodeJS.ProcessEnv;
};

const COMPLAINT_CHARACTERS_MAX = 4000;

export function startProgram(options: ProgramOptions): Program {
  const [program, ...parameters] = options.command;
  const child = spawn(program, parameters, {
    ...{ cwd: options.folder, env: options.environment ?? process.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (bytes: Buffer) => {
    complaint = (complaint + bytes.toString()).slice(-COMPLAINT_CHARACTERS_MAX);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  // Whoever waits for a line learns of a program that did not start as well.
  exited.catch(() => {});
  return {
    pid: child.pid ?? 0,
    async nextLine() {
      const { done, value } = await lines.next();
      return done ? undefined : value;
    },
    kill: signal => void child.kill(signal),
    exited,
    get complaint() {
      return complaint;
    },
  };
}

/** The end of a program; an error with its complaint where it failed or took too long. */
export async function endOf(program: Program, name: string, secondsMax: number): Promise<void> {
  const late = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => late.resolve('late'), secondsMax * 1000);
  try {
    const end = await Promise.race([program.exited, late.promise]);
    if (end === 0) return;
    const why = end === 'late' ? `did not end within ${secondsMax} s` : `ended with ${end}`;
    throw new OutriderError('bad-usage', `${name} ${why}: ${program.complaint}`.trim());
  } finally {
    clearTimeout(timer);
    program.kill('SIGKILL');
  }
}

/** The next line as JSON; an early end is an error with what the program complained of. */
export async function nextJson(program: Program, name: string): Promise<unknown> {
  const line = await program.nextLine();
  if (line !== undefined) return JSON.parse(line);
  throw new OutriderError('bad-usage', `${name} ended early: ${program.complaint}`.trim());
}
