/** The set-up lock between real processes, one of which dies with it. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'outrider-lock-'));
const journal = join(folder, 'journal');
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs `work` under the lock of `folder` in a process of its own; resolves to its exit. */
async function inProcess(work: string): Promise<unknown[]> {
  const module = JSON.stringify(new URL('lock.mjs', import.meta.url).href);
  const script = `
    const { appendFileSync } = await import('node:fs');
    const { underLock } = await import(${module});
    const note = text => appendFileSync(${JSON.stringify(journal)}, text);
    await underLock(${JSON.stringify(folder)}, async () => { ${work} });`;
  return once(spawn(process.execPath, ['--input-type=module', '-e', script]), 'exit');
}

it('lets one process work at a time, or two would write node_modules at once', async () => {
  const work = `note('['); await new Promise(done => setTimeout(done, 100)); note(']');`;
  const exits = await Promise.all([inProcess(work), inProcess(work), inProcess(work)]);
  expect(exits).toEqual([
    [0, null],
    [0, null],
    [0, null],
  ]);
  expect(readFileSync(journal, 'utf8')).toBe('[][][]');
});

it('outlives a holder that was killed, or a crash would block every later start', async () => {
  expect(await inProcess(`process.kill(process.pid, 'SIGKILL');`)).toEqual([null, 'SIGKILL']);
  expect(await inProcess(`note('after');`)).toEqual([0, null]);
  expect(readFileSync(journal, 'utf8')).toMatch(/after$/);
});
