/** Whose request is settled next: connections in turn, within one first come first served. */

import type { Clock, Nanoseconds } from '#engine';
import type { Answer, Refusal, Speculation } from '../protocol/speculation.ts';
import { isPast } from './past.ts';
import type { Verify } from './verify.ts';

export type ScheduleLimits = {
  /** Requests that wait over all connections; beyond it they are refused as `overloaded`. */
  waitingMax: number;
  /** Requests that wait of one connection, so that it cannot take every place. */
  waitingPerConnectionMax: number;
  /**
   * Updates of one connection's refused requests that wait; beyond it those of overloaded ones are
   * lost (a resync follows), and what has become useless is settled all the same.
   */
  updatesMax: number;
};

export const SCHEDULE_LIMITS: ScheduleLimits = {
  waitingMax: 256,
  waitingPerConnectionMax: 64,
  updatesMax: 256,
};

export type ScheduleCounters = {
  settled: number;
  resyncs: number;
  expired: number;
  overloaded: number;
  superseded: number;
  updatesLost: number;
  /** Sessions that threw; their connections were given up. */
  failed: number;
};

/** A connection as the schedule sees it. */
export type Place = {
  verify: Verify;
  /** Called once a request. */
  answer(answer: Answer): void;
  /** The session threw: its contexts can no longer be trusted. The place has been left. */
  failed(cause: unknown): void;
};

/** A connection's side of the schedule. */
export type Lane = {
  /** Takes a request in; its budget runs from `receivedNs`. */
  offer(request: Speculation, receivedNs: Nanoseconds): void;
  /** Forgets what waits; nothing is called afterwards. */
  leave(): void;
};

export type Schedule = {
  join(place: Place): Lane;
  readonly counters: Readonly<ScheduleCounters>;
  /** Requests that wait to be settled. */
  readonly waiting: number;
};

export type SchedulePorts = {
  limits: ScheduleLimits;
  clock: Clock;
  /** Runs a callback in the next turn of the event loop, after sockets were read. */
  nextTurn: (callback: () => void) => void;
};

/** What is refused has had its answer, and only updates its context. */
type Entry = { request: Speculation; receivedNs: Nanoseconds; refused: boolean };
/** `waiting` of the entries are to be settled, the others only update their context. */
type Queue = { place: Place; entries: Entry[]; waiting: number };

type Scheduling = SchedulePorts & {
  counters: ScheduleCounters;
  /** Queues with entries, the next to be served first. */
  ready: Queue[];
  waiting: number;
  working: boolean;
};

/**
 * One settlement a turn of the event loop, so that frames and heartbeats are read in between. A
 * request that waits is dropped as `superseded` once a newer one shows that its present and the
 * moves it assumes are past. What is refused still updates its context, in order.
 */
export function createSchedule(ports: SchedulePorts): Schedule {
  const scheduling: Scheduling = {
    ...ports,
    counters: {
      settled: 0,
      resyncs: 0,
      expired: 0,
      overloaded: 0,
      superseded: 0,
      updatesLost: 0,
      failed: 0,
    },
    ...{ ready: [], waiting: 0, working: false },
  };
  return {
    counters: scheduling.counters,
    join(place) {
      const queue: Queue = { place, entries: [], waiting: 0 };
      return {
        offer: (request, receivedNs) => offer(scheduling, queue, { request, receivedNs }),
        leave: () => leave(scheduling, queue),
      };
    },
    get waiting() {
      return scheduling.waiting;
    },
  };
}

function offer(scheduling: Scheduling, queue: Queue, offered: Omit<Entry, 'refused'>): void {
  const past = supersede(scheduling, queue, offered.request);
  const overloaded = takeIn(scheduling, queue, offered);
  // The queue is in order before anyone hears of it: an answer may end the connection.
  for (const { request } of past) {
    const { epoch, moveIndex } = offered.request;
    const detail = `move ${moveIndex} of epoch ${epoch} has come: ask for less at once`;
    queue.place.answer(refusal(request, 'superseded', detail));
  }
  if (overloaded !== undefined) queue.place.answer(overloaded);
}

/** Of what waits, what the newer request shows to be past; it gives up its place to be settled. */
function supersede(scheduling: Scheduling, queue: Queue, newer: Speculation): Entry[] {
  const { updatesMax } = scheduling.limits;
  const updates = queue.entries.length - queue.waiting;
  const past = queue.entries
    .filter(({ refused, request }) => !refused && isPast(request, newer))
    .slice(0, Math.max(0, updatesMax - updates));
  for (const entry of past) entry.refused = true;
  queue.waiting -= past.length;
  scheduling.waiting -= past.length;
  scheduling.counters.superseded += past.length;
  return past;
}

/** The answer where there is no room to settle it. */
function takeIn(
  scheduling: Scheduling,
  queue: Queue,
  offered: Omit<Entry, 'refused'>,
): Answer | undefined {
  const { counters, waiting } = scheduling;
  const { waitingMax, waitingPerConnectionMax, updatesMax } = scheduling.limits;
  const refused = waiting >= waitingMax || queue.waiting >= waitingPerConnectionMax;
  if (!refused) {
    queue.waiting++;
    scheduling.waiting++;
    enqueue(scheduling, queue, { ...offered, refused });
    return undefined;
  }
  counters.overloaded++;
  const updates = queue.entries.length - queue.waiting;
  if (updates < updatesMax) enqueue(scheduling, queue, { ...offered, refused });
  else counters.updatesLost++;
  const detail = `${waiting} requests wait, ${queue.waiting} of this edge: ask for less`;
  return refusal(offered.request, 'overloaded', detail);
}

function enqueue(scheduling: Scheduling, queue: Queue, entry: Entry): void {
  queue.entries.push(entry);
  if (queue.entries.length === 1) scheduling.ready.push(queue);
  if (scheduling.working) return;
  scheduling.working = true;
  scheduling.nextTurn(() => work(scheduling));
}

function work(scheduling: Scheduling): void {
  const queue = scheduling.ready.shift();
  scheduling.working = queue !== undefined;
  if (queue === undefined) return;
  const entry = queue.entries.shift()!;
  if (queue.entries.length > 0) scheduling.ready.push(queue);
  if (!entry.refused) {
    queue.waiting--;
    scheduling.waiting--;
  }
  scheduling.nextTurn(() => work(scheduling));
  try {
    const answer = serve(scheduling, queue.place.verify, entry);
    if (answer !== undefined) queue.place.answer(answer);
  } catch (cause) {
    scheduling.counters.failed++;
    leave(scheduling, queue);
    queue.place.failed(cause);
  }
}

function leave(scheduling: Scheduling, queue: Queue): void {
  scheduling.waiting -= queue.waiting;
  queue.waiting = 0;
  queue.entries.length = 0;
  scheduling.ready = scheduling.ready.filter(each => each !== queue);
}

/** Applies the update and settles what can be in time; nothing where an answer went before. */
function serve(
  { clock, counters }: Scheduling,
  verify: Verify,
  { request, receivedNs, refused }: Entry,
): Answer | undefined {
  const state = verify.update(request);
  if (refused) return undefined;
  if (state === 'resync') {
    counters.resyncs++;
    return refusal(request, 'resync', 'moves are missing: send the whole context');
  }
  const waitedNs = clock.nowNs() - receivedNs;
  if (waitedNs >= request.budgetNs) {
    counters.expired++;
    return refusal(request, 'expired', `waited ${waitedNs} ns of a budget of ${request.budgetNs}`);
  }
  counters.settled++;
  return { kind: 'verdict', verdict: verify.settle(request) };
}

function refusal({ requestId }: Speculation, reason: Refusal['reason'], detail: string): Answer {
  return { kind: 'refusal', refusal: { requestId, reason, detail } };
}
