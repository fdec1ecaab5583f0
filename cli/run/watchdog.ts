/** Starts a process, kills it when it does not answer, and says when it has ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Clock, Nanoseconds, TimerHandle, Timers } from '#engine';

/*
   watchdog                     process, over the channel that Node gives a child
   { ping: true }      ───▶     answered by its event loop: one that is stopped, or stuck, does not
                       ◀───     { instance }: how it is known to the witness
*/
export type WatchOptions = {
  /** `outrider ...`; its output goes where this process's goes. */
  parameters: readonly string[];
  /** From its first answer on it is killed (SIGKILL) once it has not answered for so long. */
  boundNs: Nanoseconds;
  clock: Clock;
  timers: Timers;
  onProblem(text: string): void;
};

export type Watched = {
  readonly pid: number;
  signal(signal: NodeJS.Signals): void;
  /** It has ended: the process is no more, its sockets are closed. `instance`: its last word. */
  readonly exited: Promise<{ status: number; instance: string | undefined }>;
};

const MAIN = join(import.meta.dirname, '..', 'main.ts');
/** Looks are counted rather than time: a stall of this process is no silence of the other. */
const LOOKS = 6;
const KILLED_STATUS = 137;

export function watchProcess(options: WatchOptions): Watched {
  const { parameters, boundNs, clock, timers, onProblem } = options;
  const child = spawn(process.execPath, [MAIN, ...parameters], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let instance: string | undefined;
  let quietLooks = 0;
  let timer: TimerHandle | undefined;
  const look = () => {
    timer = timers.at(clock.nowNs() + Math.ceil(boundNs / LOOKS), look);
    if (instance !== undefined && ++quietLooks > LOOKS) {
      timer.cancel();
      onProblem(`watchdog: process ${child.pid} does not answer: killed`);
      child.kill('SIGKILL');
      return;
    }
    ping(child);
  };
  child.on('message', message => {
    if (typeof message !== 'object' || !('instance' in message)) return;
    instance = String(message.instance);
    quietLooks = 0;
  });
  look();
  const exited = new Promise<Awaited<Watched['exited']>>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', status => {
      timer?.cancel();
      resolve({ status: status ?? KILLED_STATUS, instance });
    });
  });
  return { pid: child.pid!, signal: signal => void child.kill(signal), exited };
}

/** A channel that is closed is that of a process about to end, or one that wants no watchdog. */
function ping(child: ChildProcess): void {
  if (child.connected) child.send({ ping: true }, () => {});
}

/** The watched process's part; nothing where no watchdog has started it. */
export function answerWatchdog(instance: string): void {
  if (process.send === undefined) return;
  process.on('message', message => {
    const isPing = typeof message === 'object' && message !== null && 'ping' in message;
    if (isPing && process.connected) process.send!({ instance }, () => {});
  });
}
