/** A process run in place passes on the exit status and the signals of the one it became. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';

/** Starts a process that runs `inner`, a script for Node, in its place. */
function start(inner: string) {
  const module = JSON.stringify(new URL('run-in-place.mjs', import.meta.url).href);
  const script = `
    const { runInPlace } = await import(${module});
    runInPlace(process.execPath, ['-e', ${JSON.stringify(inner)}], process.env);`;
  const parameters = ['--input-type=module', '-e', script];
  return spawn(process.execPath, parameters, { stdio: ['ignore', 'pipe', 'inherit'] });
}

it('passes the exit status on, or a failed test run would look green', async () => {
  expect(await once(start('process.exit(7)'), 'exit')).toEqual([7, null]);
});

it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  'passes %s on, or a stopped run could not close its logs',
  async signal => {
    const inner = `
    process.on('${signal}', () => process.exit(3));
    setInterval(() => {}, 1000);
    console.log('ready');`;
    const outer = start(inner);
    await once(outer.stdout, 'data');
    outer.kill(signal);
    expect(await once(outer, 'exit')).toEqual([3, null]);
  },
);

it('dies of the signal its program died of, or a crash would look like a choice', async () => {
  expect(await once(start(`process.kill(process.pid, 'SIGTERM')`), 'exit')).toEqual([
    null,
    'SIGTERM',
  ]);
});
