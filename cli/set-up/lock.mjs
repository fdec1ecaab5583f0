/** A lock between processes that set up the same folder, given up by the death of its holder. */

import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const WAIT_MS_MAX = 20 * 60_000;
const POLL_MS = 250;
/** Longer than the moment between finding a dead holder's lock and deleting it. */
const CONFIRM_MS = 50;

/** Runs `work` while no other process does so for `folder`; waits for it 20 minutes at most. */
export async function underLock(folder, work) {
  // Not inside the folder: `npm ci` empties node_modules, and a clone should stay clean.
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  const path = join(tmpdir(), `outrider-set-up-${name}.lock`);
  const mark = `${process.pid} ${randomUUID()}`;
  const startMs = Date.now();
  let isWaitSaid = false;
  while (!(await take(path, mark))) {
    const holder = readMark(path);
    if (holder !== undefined && !isAlive(holder)) {
      rmSync(path, { force: true });
      continue;
    }
    if (!isWaitSaid) console.error('outrider: waiting for another set-up of this folder');
    isWaitSaid = true;
    if (Date.now() - startMs > WAIT_MS_MAX) {
      throw new Error(
        `another set-up holds ${path} (${holder}) for too long: end it, delete the file`,
      );
    }
    await setTimeout(POLL_MS);
  }
  const release = () => {
    if (readMark(path) === mark) rmSync(path, { force: true });
  };
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.removeListener('exit', release);
    release();
  }
}

async function take(path, mark) {
  try {
    writeFileSync(path, mark, { flag: 'wx' });
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  // Another waiter may have deleted this lock in place of the dead one it had just read.
  await setTimeout(CONFIRM_MS);
  return readMark(path) === mark;
}

function readMark(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function isAlive(mark) {
  const pid = Number.parseInt(mark, 10);
  // The holder has created the file and not yet written its name.
  if (!(pid > 0)) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
