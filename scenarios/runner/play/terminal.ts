/** The terminal that steps type at: the real command line, in one process of its own. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { OutriderError } from '#engine';

export type Said = { exit: number; text: string };

export type Terminal = {
  /** Rejects where the command does not end in time, or the terminal has ended. */
  type(parameters: readonly string[]): Promise<Said>;
  close(): Promise<void>;
};

const FILE = join(import.meta.dirname, '..', '..', '..', 'cli', 'terminal.ts');
const COMMAND_MS = 60_000;

/** Starts with the first line typed. */
export function openTerminal(): Terminal {
  let child: ChildProcess | undefined;
  return {
    async type(parameters) {
      child ??= fork(FILE, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], detached: true });
      return await answer(child, parameters);
    },
    async close() {
      const ending = child;
      child = undefined;
      if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
      const ended = new Promise(resolve => ending.once('exit', resolve));
      ending.kill('SIGTERM');
      await ended;
    },
  };
}

function answer(child: ChildProcess, parameters: readonly string[]): Promise<Said> {
  const line = `outrider ${parameters.join(' ')}`;
  return new Promise((resolve, reject) => {
    const over = (why: string) => {
      child.off('message', onSaid);
      reject(new OutriderError('network', `terminal: ${why}: ${line}`));
    };
    const timer = setTimeout(over, COMMAND_MS, `not done in ${COMMAND_MS / 1000} s`);
    const onEnd = () => {
      clearTimeout(timer);
      over('its process ended');
    };
    const onSaid = (said: unknown) => {
      clearTimeout(timer);
      child.off('exit', onEnd);
      resolve(said as Said);
    };
    child.once('message', onSaid);
    child.once('exit', onEnd);
    child.send({ parameters });
  });
}
