/** The process function: a user's own operator with keyed state, time to live and timers. */

import { identityOf } from '../state/key-table.ts';
import type { StateStore } from '../state/store.ts';
import type { TimedKey } from '../state/timed-key.ts';
import { dueIndex } from './due-index.ts';
import type {
  AnyProcessFunctions,
  KeyedState,
  ProcessContext,
  TimerKind,
} from './process-functions.ts';
import { type NodeContext, type OpenNode, OUT } from './running-node.ts';
import type { Codec } from './task.ts';

type Key = unknown;

export type ProcessSettings = {
  /** Makes the functions of a task, with what they keep in memory. */
  readonly functions: (partition: number) => AnyProcessFunctions;
  readonly key: Codec<unknown>;
  readonly timers: string;
  readonly states: readonly {
    readonly name: string;
    readonly store: string;
    readonly ttlMs: number;
  }[];
};

/** What is at hand while a user's function runs. */
type AtHand = { key: Key; timeMs: number };

const KINDS: readonly TimerKind[] = ['event', 'clock'];

export function openProcess(settings: ProcessSettings): OpenNode {
  return context => {
    const functions = settings.functions(context.partition);
    const atHand: AtHand = { key: undefined, timeMs: 0 };
    const timers = openTimers(context, settings, atHand);
    const states = settings.states.map(state => openState(context, { ...settings, state }, atHand));
    const forward = context.output(OUT);
    const own: ProcessContext<unknown, Record<string, unknown>> = {
      states: Object.fromEntries(states.map(({ name, state }) => [name, state])),
      get watermarkMs() {
        return context.time.watermarkMs;
      },
      get nowMs() {
        return context.time.nowMs;
      },
      emit: (value, timeMs = atHand.timeMs) => forward(atHand.key, value, timeMs),
      setTimer: timers.set,
      cancelTimer: timers.cancel,
      at: (key, timeMs, call) => withAtHand(atHand, { key, timeMs }, call),
    };
    const run = (key: Key, timeMs: number, call: () => void) => {
      atHand.key = key;
      atHand.timeMs = timeMs;
      try {
        call();
      } catch (error) {
        context.refuse(error, key);
      }
    };
    const fire = (kind: TimerKind, untilMs: number) =>
      timers.take(kind, untilMs, ({ key, timeMs }) => {
        const { watermarkMs, nowMs } = context.time;
        const clockMs = watermarkMs >= 0 ? watermarkMs : nowMs;
        const timer = { key, timeMs, kind };
        run(key, kind === 'event' ? timeMs : clockMs, () => functions.onTimer?.(timer, own));
      });

    return {
      inputs: [
        (key, value, timeMs) =>
          run(key, timeMs, () => functions.onRecord({ key, value, timeMs }, own)),
      ],
      beforeCommit: () => functions.beforeCommit?.(own),
      hasNews: () => functions.hasNews?.() === true,
      recover() {
        timers.recover();
        for (const state of states) state.recover();
      },
      onEventTime(watermarkMs) {
        fire('event', watermarkMs);
        for (const state of states) state.expire(watermarkMs);
      },
      onClock: nowMs => fire('clock', nowMs),
      nextDueMs: () => timers.nextMs('clock'),
    };
  };
}

function withAtHand(atHand: AtHand, other: AtHand, call: () => void): void {
  const before = { ...atHand };
  Object.assign(atHand, other);
  try {
    call();
  } finally {
    Object.assign(atHand, before);
  }
}

/** Timers are kept by key, time and kind; when they are due is kept in memory besides. */
function openTimers(context: NodeContext, { key: codec, timers }: ProcessSettings, atHand: AtHand) {
  const store = context.store<TimedKey<Key>, null>(timers);
  const due = { event: dueIndex(codec), clock: dueIndex(codec) };
  const timedKey = (kind: TimerKind, timeMs: number) => {
    return { key: atHand.key, timeMs: Math.ceil(timeMs), order: KINDS.indexOf(kind) };
  };
  return {
    set(kind: TimerKind, timeMs: number) {
      const timed = timedKey(kind, timeMs);
      if (store.get(timed) !== undefined) return;
      store.set(timed, null);
      due[kind].add(timed.timeMs, timed);
    },
    cancel: (kind: TimerKind, timeMs: number) => store.delete(timedKey(kind, timeMs)),
    nextMs: (kind: TimerKind) => due[kind].nextMs,
    take(kind: TimerKind, untilMs: number, visit: (timed: TimedKey<Key>) => void) {
      if (due[kind].nextMs > untilMs) return;
      due[kind].take(untilMs, timed => {
        // Cancelled ones are not there any more.
        if (store.get(timed) === undefined) return;
        store.delete(timed);
        visit(timed);
      });
    },
    recover() {
      for (const [timed] of store.range()) due[KINDS[timed.order]!].add(timed.timeMs, timed);
    },
  };
}

type Stored = { readonly number: number; readonly value: unknown };

type Own = ProcessSettings & { readonly state: ProcessSettings['states'][number] };

/** One of the states; `number` is the event time of its last change. */
function openState(context: NodeContext, { key: codec, state }: Own, atHand: AtHand) {
  const store: StateStore<Key, Stored> = context.store(state.store);
  const { name, ttlMs } = state;
  const due = dueIndex(codec);
  const identity = identityOf(codec);
  /** Keys in `due`, each once: however often a state is set, it waits in one place. */
  const waiting = new Set<unknown>();
  const wait = (key: Key, expiryMs: number) => {
    if (ttlMs === Number.POSITIVE_INFINITY || waiting.has(identity(key))) return;
    waiting.add(identity(key));
    due.add(expiryMs, { key, timeMs: 0, order: 0 });
  };
  const keyed: KeyedState<unknown> = {
    get() {
      const stored = store.get(atHand.key);
      const isGone = stored !== undefined && stored.number + ttlMs <= context.time.watermarkMs;
      return isGone ? undefined : stored?.value;
    },
    set(value) {
      store.set(atHand.key, { number: atHand.timeMs, value });
      wait(atHand.key, atHand.timeMs + ttlMs);
    },
    delete: () => store.delete(atHand.key),
  };
  return {
    name,
    state: keyed,
    recover() {
      for (const [key, { number }] of store.range()) wait(key, number + ttlMs);
    },
    expire(watermarkMs: number) {
      if (due.nextMs > watermarkMs) return;
      due.take(watermarkMs, ({ key }) => {
        waiting.delete(identity(key));
        const stored = store.get(key);
        if (stored === undefined) return;
        if (stored.number + ttlMs <= watermarkMs) store.delete(key);
        else wait(key, stored.number + ttlMs);
      });
    },
  };
}
