/** Worker processes of the torture: started, killed, stopped, and what they say. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { CountWorkerSettings } from './count-worker.ts';

const SCRIPT = join(import.meta.dirname, 'count-worker.ts');

/** A task that is ready. */
export type RestoredTask = {
  readonly task: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** Records of its changelog that it followed for it. */
  readonly offsets: number;
};

export type WorkerProcess = {
  readonly pid: number;
  readonly restored: readonly RestoredTask[];
  /** Tasks that it was given last. */
  readonly active: readonly string[];
  /** What it said, a line each, and its errors. */
  readonly lines: readonly string[];
  /** True once it has ended. */
  readonly isOver: boolean;
  signal(name: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): void;
  over(): Promise<void>;
};

export function startWorker(settings: CountWorkerSettings): WorkerProcess {
  const child: ChildProcess = spawn(process.execPath, [SCRIPT, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const restored: RestoredTask[] = [];
  let active: readonly string[] = [];
  let rest = '';
  const ended = once(child, 'close');
  const take = (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) {
      lines.push(line);
      const said = parse(line);
      const { task = '', restored: atMs, offsets = 0 } = said;
      if (atMs !== undefined) restored.push({ task, atMs, offsets });
      if (said.active !== undefined) active = said.active;
    }
  };
  child.stdout!.setEncoding('utf8').on('data', take);
  child.stderr!.setEncoding('utf8').on('data', take);
  return {
    pid: child.pid!,
    restored,
    get active() {
      return active;
    },
    lines,
    get isOver() {
      return child.exitCode !== null || child.signalCode !== null;
    },
    signal: name => void child.kill(name),
    async over() {
      await ended;
    },
  };
}

type Said = Partial<Pick<RestoredTask, 'task' | 'offsets'>> & {
  readonly restored?: number;
  readonly active?: string[];
};

/** Errors that Node prints are no JSON. */
function parse(line: string): Said {
  return line.startsWith('{') ? (JSON.parse(line) as Said) : {};
}
