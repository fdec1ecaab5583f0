/** Locks between processes: without these tests, two could write one log, or none after a crash. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { takeProcessLock } from './process-lock.ts';

const MODULE = JSON.stringify(new URL('process-lock.ts', import.meta.url).href);
const hasProc = fs.existsSync('/proc/self/stat');
const opened: (() => void)[] = [];
/** Of no process: the largest pid a Linux can give is 2^22. */
const DEAD = `${2 ** 22 + 1} gone:1\n`;

afterEach(() => {
  for (const close of opened.splice(0).reverse()) close();
});

function freshFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'outrider-process-lock-'));
  opened.push(() => fs.rmSync(folder, { recursive: true }));
  return folder;
}

/** A process that runs `script`, in which `take()` takes the lock `file`. */
function start(file: string, script: string): ChildProcess {
  const source = `
    const { takeProcessLock } = await import(${MODULE});
    const take = () => takeProcessLock(${JSON.stringify(file)});
    ${script}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  opened.push(() => void child.kill('SIGKILL'));
  return child;
}

/** A living process that holds the lock. */
async function holderOf(file: string): Promise<ChildProcess> {
  const holder = start(file, `take(); console.log('held'); setInterval(() => {}, 1000);`);
  await once(holder.stdout!, 'data');
  return holder;
}

async function killed(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** Takes the lock, which must be free, gives it back, and expects nothing to be left. */
function expectFree(file: string): void {
  const lock = takeProcessLock(file);
  if (!('release' in lock)) throw new Error(`held by ${lock.heldByPid}`);
  expect(takeProcessLock(file)).toEqual({ heldByPid: process.pid });
  lock.release();
  expect(fs.readdirSync(path.dirname(file))).toEqual([]);
}

describe('a process lock', () => {
  it('is given to one at a time, and is free once given back', () => {
    const file = path.join(freshFolder(), 'a.lock');
    expectFree(file);
    expectFree(file);
  });

  it('names the living process that holds it, and outlives no SIGKILL', async () => {
    const file = path.join(freshFolder(), 'a.lock');
    const holder = await holderOf(file);
    expect(takeProcessLock(file)).toEqual({ heldByPid: holder.pid });
    await killed(holder);
    expectFree(file);
  });

  it.skipIf(!hasProc)('is not held by another process of the same pid (needs /proc)', async () => {
    const file = path.join(freshFolder(), 'a.lock');
    const holder = await holderOf(file);
    const [pid, birth] = fs.readFileSync(file, 'latin1').trim().split(' ');
    expect([Number(pid), birth]).toEqual([
      holder.pid,
      expect.stringMatching(/^[0-9a-f-]{36}:\d+$/),
    ]);
    await killed(holder);
    // Since then this process would have got its pid.
    fs.writeFileSync(file, `${process.pid} ${birth}\n`);
    expectFree(file);
  });

  it.skipIf(!hasProc)(
    'is not held by a dead child that nobody waits for (needs /proc)',
    async () => {
      const file = path.join(freshFolder(), 'a.lock');
      // The shell starts it, then becomes a program that never waits for its children.
      const script = `sh -c 'echo $$; kill -9 $$' & exec sleep 60`;
      const parent = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
      opened.push(() => void parent.kill('SIGKILL'));
      const pid = Number(String((await once(parent.stdout!, 'data'))[0]));
      const stat = () => fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
      while (!/\) Z /.test(stat())) await new Promise(setImmediate);
      const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
      const ticks = stat().split(') ')[1]!.split(' ')[19];
      fs.writeFileSync(file, `${pid} ${boot}:${ticks}\n`);
      expectFree(file);
    },
  );

  it('is free where its holder died in the middle of writing it', () => {
    const file = path.join(freshFolder(), 'a.lock');
    for (const text of ['', '12', DEAD.trimEnd(), DEAD, 'of another make\n']) {
      fs.writeFileSync(file, text);
      expectFree(file);
    }
  });

  it('is free where one died taking over from a dead one, even twice', () => {
    const file = path.join(freshFolder(), 'a.lock');
    fs.writeFileSync(file, DEAD);
    fs.writeFileSync(`${file}.takeover`, DEAD);
    fs.writeFileSync(`${file}.takeover.takeover`, DEAD);
    expectFree(file);
  });

  it('is got by one alone of many that find its holder dead at once', async () => {
    const folder = freshFolder();
    const file = path.join(folder, 'a.lock');
    const journal = path.join(folder, 'journal');
    const go = path.join(folder, 'go');
    // Each tries until it has had the lock 60 times, and leaves it as a dead one's mostly.
    const script = `
      import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
      console.log('ready');
      while (!existsSync(${JSON.stringify(go)}));
      for (let had = 0; had < 60; ) {
        const lock = take();
        if (lock.heldByPid !== undefined) continue;
        appendFileSync(${JSON.stringify(journal)}, '[');
        appendFileSync(${JSON.stringify(journal)}, ']');
        had++;
        if (had % 3 === 0) lock.release();
        else writeFileSync(${JSON.stringify(file)}, ${JSON.stringify(DEAD)});
      }`;
    const children = Array.from({ length: 4 }, () => start(file, script));
    await Promise.all(children.map(child => once(child.stdout!, 'data')));
    fs.writeFileSync(go, '');
    const exits = await Promise.all(children.map(child => once(child, 'exit')));
    expect(exits).toEqual(children.map(() => [0, null]));
    expect(fs.readFileSync(journal, 'latin1')).toBe('[]'.repeat(240));
  });
});
