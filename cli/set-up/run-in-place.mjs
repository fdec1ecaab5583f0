/** Stands in for exec, which Node 20 lacks: same streams, signals and exit status. */

import { spawn } from 'node:child_process';

const FORWARDED_SIGNALS = ['SIGTERM', 'SIGHUP', 'SIGQUIT'];

/** Runs a program as if this process had become it. */
export function runInPlace(program, parameters, environment) {
  const child = spawn(program, parameters, { stdio: 'inherit', env: environment });
  for (const signal of FORWARDED_SIGNALS) process.on(signal, () => child.kill(signal));
  // A terminal sends Ctrl-C to the child as well; a second one would read as "give up at once".
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  child.on('error', error => {
    console.error(`outrider: ${program} does not start: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (status, signal) => {
    if (signal === null) process.exit(status);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
