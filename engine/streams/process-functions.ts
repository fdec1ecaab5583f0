/** What a process function is given and gives: state of each key, timers, its part in a commit. */

import type { Codec } from './task.ts';

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
  /** What `call` does is of this key of the task's own, at this event time. */
  at(key: unknown, timeMs: number, call: () => void): void;
};

export type ProcessFunctions<Of, Value, States, Result> = {
  onRecord(
    record: { readonly key: Of; readonly value: Value; readonly timeMs: number },
    context: ProcessContext<Result, States>,
  ): void;
  onTimer?(timer: Timer<Of>, context: ProcessContext<Result, States>): void;
  /** Before each commit: what it sets and emits, by `at`, is a part of it. */
  beforeCommit?(context: ProcessContext<Result, States>): void;
  /** Whether `beforeCommit` has something though no record came; see `Processor.wake`. */
  hasNews?(): boolean;
};

export type AnyProcessFunctions = ProcessFunctions<
  unknown,
  unknown,
  Record<string, unknown>,
  unknown
>;
