/** A lock between processes as a file: it names its holder, and gives way once that is dead. */
import fs from 'node:fs';
import { OutriderError } from './error.ts';

/*
   The file, in ASCII:   pid ' ' birth '\n'

   birth: boot id ':' clock ticks from the boot to the holder's start; empty where no /proc tells

   It is made with O_EXCL, and removed by its holder alone while that lives. What a dead holder left
   is removed under a second lock, `PATH.takeover`, and only if it still is a dead one's: otherwise
   two that found it dead could remove each other's new lock. That lock is taken in the same way.
*/
export type ProcessLock = { release(): void } | { heldByPid: number };

type Holder = { pid: number; birth: string };

const POLL_MS = 5;
/** A lock is made and written in two steps; one that stays half-written is a dead process's. */
const WRITING_POLLS_MAX = 20;
const TAKEOVER_POLLS_MAX = 400;

/**
 * The lock, or the living process that holds it, which may be this one. Processes are told apart on
 * one machine, as far as they see each other: a pid that another process has got since is dead.
 */
export function takeProcessLock(path: string): ProcessLock {
  return take(path, 0);
}

function take(path: string, pollsMax: number): ProcessLock {
  const mark = `${process.pid} ${birthOf(process.pid) ?? ''}\n`;
  for (let polls = 0; ; ) {
    if (create(path, mark)) return { release: () => release(path, mark) };
    const text = readWritten(path);
    const pid = text === undefined ? undefined : livingHolder(text);
    if (pid !== undefined && polls++ >= pollsMax) return { heldByPid: pid };
    if (pid !== undefined) sleep();
    else if (text !== undefined) removeStale(path);
  }
}

function removeStale(path: string): void {
  const takeover = take(`${path}.takeover`, TAKEOVER_POLLS_MAX);
  if ('heldByPid' in takeover) {
    const holder = `process ${takeover.heldByPid} does not end taking over ${path}`;
    throw new OutriderError('disk', `${holder}: end it, or remove ${path}.takeover`);
  }
  try {
    const text = readWritten(path);
    if (text !== undefined && livingHolder(text) === undefined) fs.rmSync(path, { force: true });
  } finally {
    takeover.release();
  }
}

/** False where it is there already. */
function create(path: string, mark: string): boolean {
  let descriptor: number;
  try {
    descriptor = fs.openSync(path, 'wx');
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    fs.writeSync(descriptor, mark);
  } catch (error) {
    fs.rmSync(path, { force: true });
    throw error;
  } finally {
    fs.closeSync(descriptor);
  }
  // A process that stood still before it wrote may have been taken for a dead one.
  return read(path) === mark;
}

function release(path: string, mark: string): void {
  if (read(path) === mark) fs.rmSync(path, { force: true });
}

/** The lock's text once it is whole, or what there is of it after a while; undefined: no lock. */
function readWritten(path: string): string | undefined {
  let text = read(path);
  for (let polls = 0; text?.endsWith('\n') === false && polls < WRITING_POLLS_MAX; polls++) {
    sleep();
    text = read(path);
  }
  return text;
}

function read(path: string): string | undefined {
  try {
    return fs.readFileSync(path, 'latin1');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The pid that a lock's text names, if that process still lives. */
function livingHolder(text: string): number | undefined {
  const match = /^(\d{1,15}) (\S*)\n$/.exec(text);
  if (match === null) return undefined;
  const holder = { pid: Number(match[1]), birth: match[2]! };
  return isAlive(holder) ? holder.pid : undefined;
}

function isAlive({ pid, birth }: Holder): boolean {
  const present = birth === '' ? undefined : birthOf(pid);
  if (present !== undefined) return present === birth;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** When the process began, as Linux tells it; `ended` for one that nobody has waited for yet. */
function birthOf(pid: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    // proc(5): the name in brackets may hold anything; behind it state is field 3, start field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return 'ended';
    const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return `${boot}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

function sleep(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}
