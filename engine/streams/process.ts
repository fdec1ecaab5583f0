/** The process function: a user's own operator with keyed state, time to live and timers. */

import { identityOf } from '../state/key-table.ts';
import type { StateStore } from '../state/store.ts';
import type { TimedKey } from '../state/timed-key.ts';
import { dueIndex } from './due-index.ts';
import { type NodeContext, type OpenNode, OUT } from './running-node.ts';
import type { Codec } from './task.ts';

type Key = unknown;

/** State of the key at hand. */
export type KeyedState<Value> = {
  get(): Value | undefined;
  set(value: Value): void;
  delete(): void;
};

export type StateOptions<Value> = {
  readonly value: Codec<Value>;
  /** Event time after the last `set` at which it is gone. Default: never. */
  readonly ttlMs?: number;
};

/** Of event time, or of the clock that the runtime passes. */
export type TimerKind = 'event' | 'clock';

export type Timer<Key> = { readonly key: Key; readonly timeMs: number; readonly kind: TimerKind };

export type ProcessContext<Value, States> = {
  readonly states: { readonly [Name in keyof States]: KeyedState<States[Name]> };
  /** Event time that this operator knows to have passed, -Infinity before any. */
  readonly watermarkMs: number;
  readonly nowMs: number;
  /** With the event time of the record or timer at hand, or one's own. */
  emit(value: Value, timeMs?: number): void;
  /** For the key at hand; a second timer of the same kind and time is the first. */
  setTimer(kind: TimerKind, timeMs: number): void;
  cancelTimer(kind: TimerKind, timeMs: number): void;
};

type ProcessFunctions = {
  onRecord(
    record: { readonly key: Key; readonly value: unknown; readonly timeMs: number },
    context: ProcessContext<unknown, Record<string, unknown>>,
  ): void;
  onTimer?:
    | ((timer: Timer<Key>, context: ProcessContext<unknown, Record<string, unknown>>) => void)
    | undefined;
};

export type ProcessSettings = ProcessFunctions & {
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
        run(key, kind === 'event' ? timeMs : clockMs, () => settings.onTimer?.(timer, own));
      });

    return {
      inputs: [
        (key, value, timeMs) =>
          run(key, timeMs, () => settings.onRecord({ key, value, timeMs }, own)),
      ],
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
