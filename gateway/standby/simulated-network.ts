/** Processes that end, stand still and come back, and connections between, in virtual time. */
import {
  type Clock,
  MILLISECOND_NS,
  type Nanoseconds,
  type SeededRandom,
  type Timers,
  type VirtualTime,
} from '#engine';
import type { PeerHandler, PeerLink } from './replication.ts';

/** What runs in it is void once it has ended, and waits while it stands still. */
export type SimulatedProcess = {
  readonly name: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly isAlive: boolean;
  run(task: () => void): void;
  whenKilled(callback: () => void): void;
  pause(): void;
  resume(): void;
  kill(): void;
};

export type SimulatedNetwork = {
  readonly time: VirtualTime;
  /** `pace`: of its clock, 1 for a true one. */
  process(name: string, pace: number): SimulatedProcess;
  /**
   * Between two processes. What one end sends comes to the other in order, later; nothing comes
   * while the two are apart. Each end hears of the end of the other, unless that stands still.
   */
  connect<Out, In>(ends: Ends<Out, In>): void;
  part(one: string, other: string): void;
  heal(one: string, other: string): void;
};

export type Ends<Out, In> = {
  from: SimulatedProcess;
  to: SimulatedProcess;
  /** Silent for so long, a connection counts as lost at that end. */
  silenceNs: Nanoseconds;
  dial(link: PeerLink<Out>): PeerHandler<In>;
  answer(link: PeerLink<In>): PeerHandler<Out>;
};

type End = {
  process: SimulatedProcess;
  other: End | undefined;
  handler: PeerHandler<unknown> | undefined;
  isOpen: boolean;
  heardNs: Nanoseconds;
  /** On its way to this end, in order. */
  inbox: { atNs: Nanoseconds; task: () => void }[];
};

type Air = { time: VirtualTime; random: SeededRandom; apart: Set<string> };

export function createSimulatedNetwork(time: VirtualTime, random: SeededRandom): SimulatedNetwork {
  const air: Air = { time, random, apart: new Set() };
  return {
    time,
    process: (name, pace) => createProcess(time, { name, pace, random }),
    connect: ends => connect(air, ends),
    part: (one, other) => void air.apart.add(pairName(one, other)),
    heal: (one, other) => void air.apart.delete(pairName(one, other)),
  };
}

const pairName = (one: string, other: string) => [one, other].sort().join('-');

function connect<Out, In>(air: Air, { from, to, silenceNs, dial, answer }: Ends<Out, In>): void {
  const heardNs = air.time.nowNs();
  const end = (process: SimulatedProcess): End => ({
    ...{ process, handler: undefined, isOpen: true, heardNs, inbox: [], other: undefined },
  });
  const near = end(from);
  const far = end(to);
  near.other = far;
  far.other = near;
  far.handler = answer(linkOf(air, far) as never) as PeerHandler<unknown>;
  near.handler = dial(linkOf(air, near) as never) as PeerHandler<unknown>;
  for (const own of [near, far]) {
    watch(air, own, silenceNs);
    own.process.whenKilled(() => post(air, own.other!, () => closed(own.other!)));
  }
}

function linkOf(air: Air, own: End): PeerLink<unknown> {
  const other = own.other!;
  return {
    send(message) {
      if (!own.isOpen || !own.process.isAlive) return;
      post(air, other, () => {
        if (!other.isOpen) return;
        other.heardNs = air.time.nowNs();
        other.handler?.onMessage(message);
      });
    },
    end() {
      if (!own.isOpen) return;
      post(air, other, () => closed(other));
      post(air, own, () => closed(own));
    },
  };
}

function closed(end: End): void {
  if (!end.isOpen) return;
  end.isOpen = false;
  end.handler?.onClosed();
}

/** Brings a task to an end, behind what is on its way already. */
function post(air: Air, end: End, task: () => void): void {
  const { time, random } = air;
  const delayNs = Math.round((0.05 + 2 * random.nextFloat() ** 4) * MILLISECOND_NS);
  const atNs = Math.max(end.inbox.at(-1)?.atNs ?? 0, time.nowNs() + delayNs);
  end.inbox.push({ atNs, task });
  time.at(atNs, () => deliver(air, end));
}

/** Hands over what has arrived; tries again while the two are apart. */
function deliver(air: Air, end: End): void {
  const { time, apart } = air;
  const [first] = end.inbox;
  if (first === undefined || first.atNs > time.nowNs()) return;
  if (apart.has(pairName(end.process.name, end.other!.process.name))) {
    time.at(time.nowNs() + MILLISECOND_NS, () => deliver(air, end));
    return;
  }
  end.inbox.shift();
  end.process.run(first.task);
  deliver(air, end);
}

/** Of an end that stands still, silence counts from its own words on. */
function watch(air: Air, own: End, silenceNs: Nanoseconds): void {
  const { time } = air;
  time.at(time.nowNs() + Math.ceil(silenceNs / 4), () => {
    if (!own.isOpen || !own.process.isAlive) return;
    own.process.run(() => {
      if (!own.isOpen || time.nowNs() - own.heardNs <= silenceNs) return;
      post(air, own.other!, () => closed(own.other!));
      closed(own);
    });
    watch(air, own, silenceNs);
  });
}

function createProcess(
  time: VirtualTime,
  { name, pace, random }: { name: string; pace: number; random: SeededRandom },
): SimulatedProcess {
  let isAlive = true;
  let waiting: { task: () => void; isTimer: boolean }[] | undefined;
  const killed: (() => void)[] = [];
  const startNs = time.nowNs();
  const run = (task: () => void, isTimer = false) => {
    if (!isAlive) return;
    if (waiting === undefined) task();
    else waiting.push({ task, isTimer });
  };
  return {
    ...{ name, run, whenKilled: callback => void killed.push(callback) },
    clock: { nowNs: () => startNs + Math.round((time.nowNs() - startNs) * pace) },
    timers: {
      at(timeNs, callback) {
        const atNs = startNs + Math.ceil((timeNs - startNs) / pace);
        let isCancelled = false;
        const timer = time.at(atNs, () => run(() => isCancelled || callback(), true));
        return {
          cancel() {
            isCancelled = true;
            timer.cancel();
          },
        };
      },
    },
    get isAlive() {
      return isAlive;
    },
    pause() {
      waiting ??= [];
    },
    resume() {
      const tasks = waiting ?? [];
      waiting = undefined;
      // Timers before sockets or after them, as the event loop happens to stand.
      const isTimersFirst = random.nextFloat() < 0.5;
      const [first, then] = [isTimersFirst, !isTimersFirst];
      for (const kind of [first, then]) {
        for (const { task, isTimer } of tasks) if (isTimer === kind) run(task);
      }
    },
    kill() {
      isAlive = false;
      waiting = undefined;
      for (const callback of killed) callback();
    },
  };
}
