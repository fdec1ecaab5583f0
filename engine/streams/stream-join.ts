/** Joins two streams: records of one key whose times are near enough to each other. */

import type { StateStore } from '../state/store.ts';
import type { TimedKey } from '../state/timed-key.ts';
import { type DueIndex, dueIndex } from './due-index.ts';
import { type NodeContext, type OpenNode, OUT, type Receiver } from './running-node.ts';
import type { Codec } from './task.ts';
import { guarded } from './user-function.ts';
import { lateSender } from './window-settings.ts';

type Key = unknown;

/** `number` is 1 once it has found a partner. */
type Waiting = { readonly number: number; readonly value: unknown };

export type StreamJoinSettings = {
  readonly stores: readonly [left: string, right: string];
  readonly key: Codec<unknown>;
  /** Times of the right are from `beforeMs` before to `afterMs` after those of the left. */
  readonly beforeMs: number;
  readonly afterMs: number;
  readonly latenessMs: number;
  /** Whether a left, a right without a partner comes out alone. */
  readonly keeps: readonly [left: boolean, right: boolean];
  join(left: unknown, right: unknown, key: unknown): unknown;
};

type Side = {
  readonly store: StateStore<TimedKey<Key>, Waiting>;
  readonly due: DueIndex<Key>;
  /** Partners have times from `beforeMs` before to `afterMs` after. */
  readonly beforeMs: number;
  readonly afterMs: number;
  readonly isKept: boolean;
  join(own: unknown, other: unknown, key: Key): unknown;
};

/** A record is late once event time has passed it by more than the allowed lateness. */
export function openStreamJoin(settings: StreamJoinSettings): OpenNode {
  const { beforeMs, afterMs, keeps, join } = settings;
  return context => {
    const forward = context.output(OUT);
    const side = (at: 0 | 1): Side => ({
      store: context.store(settings.stores[at]),
      due: dueIndex(settings.key),
      beforeMs: at === 0 ? beforeMs : afterMs,
      afterMs: at === 0 ? afterMs : beforeMs,
      isKept: keeps[at],
      join: at === 0 ? join : (own, other, key) => join(other, own, key),
    });
    const left = side(0);
    const right = side(1);
    const leaveMs = (own: Side) => own.afterMs + settings.latenessMs + 1;

    return {
      inputs: [
        receive(context, settings, [left, right]),
        receive(context, settings, [right, left]),
      ],
      recover() {
        for (const own of [left, right]) {
          for (const [timed] of own.store.range()) own.due.add(timed.timeMs + leaveMs(own), timed);
        }
      },
      onEventTime(watermarkMs) {
        for (const own of [left, right]) {
          if (own.due.nextMs > watermarkMs) continue;
          own.due.take(watermarkMs, timed => {
            const waiting = own.store.get(timed)!;
            own.store.delete(timed);
            if (!own.isKept || waiting.number === 1) return;
            const { key, timeMs } = timed;
            const alone = guarded(context, key, () => own.join(waiting.value, undefined, key));
            if (alone !== undefined) forward(key, alone, timeMs);
          });
        }
      },
    };
  };
}

/** Joins a record with all partners that wait, by their times, and lets it wait for later ones. */
function receive(
  context: NodeContext,
  { latenessMs }: StreamJoinSettings,
  [own, other]: readonly [Side, Side],
): Receiver {
  const forward = context.output(OUT);
  const late = lateSender(context);
  return (key, value, timeMs) => {
    if (timeMs + latenessMs < context.time.watermarkMs) {
      late(key, value, timeMs);
      return;
    }
    const from = { key, timeMs: timeMs - own.beforeMs, order: 0 };
    const to = { key, timeMs: timeMs + own.afterMs + 1, order: 0 };
    const partners = [...other.store.range(from, to)];
    const timed = { key, timeMs, order: nextOrder(own.store, key, timeMs) };
    own.store.set(timed, { number: partners.length > 0 ? 1 : 0, value });
    own.due.add(timeMs + own.afterMs + latenessMs + 1, timed);
    for (const [partner, waiting] of partners) {
      if (waiting.number === 0) other.store.set(partner, { number: 1, value: waiting.value });
      const joined = guarded(context, key, () => own.join(value, waiting.value, key));
      if (joined !== undefined) forward(key, joined, Math.max(timeMs, partner.timeMs));
    }
  };
}

/** The first that no record of this key and time has. */
export function nextOrder(
  store: StateStore<TimedKey<Key>, unknown>,
  key: Key,
  timeMs: number,
): number {
  let order = 0;
  const from = { key, timeMs, order: 0 };
  for (const [timed] of store.range(from, { ...from, timeMs: timeMs + 1 })) order = timed.order + 1;
  return order;
}
