/** Aggregates over sessions: records of a key grow together while no gap parts them. */

import { type TimedKey, timedKeyCodec } from '../state/timed-key.ts';
import { withNumber } from './codecs.ts';
import { dueIndex } from './due-index.ts';
import type { OpenNode } from './running-node.ts';
import type { Codec } from './task.ts';
import { guarded } from './user-function.ts';
import { lateSender, type WindowSettings, windowSender } from './window-settings.ts';

type Key = unknown;

/** By its end, the time of its last record; `number` is its start. */
type Session = { readonly number: number; readonly value: unknown };

export const sessionCodecs = <Own, Value>(key: Codec<Own>, value: Codec<Value>) => ({
  key: timedKeyCodec(key),
  value: withNumber(value),
});

/**
 * A record is late once event time has passed it by more than the allowed lateness; a session
 * closes when nothing that is in time could still join it.
 */
export function openSessionWindows(gapMs: number, settings: WindowSettings): OpenNode {
  const closeMs = gapMs + settings.latenessMs + 1;
  return context => {
    const store = context.store<TimedKey<Key>, Session>(settings.store);
    const due = dueIndex(settings.key);
    const send = windowSender(context);
    const late = lateSender(context);
    const sendsUpdates = settings.emit === 'update';

    const touching = (key: Key, timeMs: number) => {
      const from = { key, timeMs: timeMs - gapMs, order: 0 };
      const to = { key, timeMs: Number.MAX_SAFE_INTEGER / 4, order: 0 };
      const found: (readonly [TimedKey<Key>, Session])[] = [];
      for (const entry of store.range(from, to)) {
        if (entry[1].number > timeMs + gapMs) break;
        found.push(entry);
      }
      return found;
    };

    return {
      inputs: [
        (key, value, timeMs) => {
          if (timeMs + settings.latenessMs < context.time.watermarkMs) {
            late(key, value, timeMs);
            return;
          }
          const found = touching(key, timeMs);
          const grown = guarded(context, key, () => grow(settings, found, { key, value, timeMs }));
          if (grown === undefined) return;
          const { startMs, endMs, aggregate } = grown;
          const timed = { key, timeMs: endMs, order: 0 };
          for (const [old] of found) if (old.timeMs !== endMs) store.delete(old);
          if (found.every(([old]) => old.timeMs !== endMs)) due.add(endMs + closeMs, timed);
          store.set(timed, { number: startMs, value: aggregate });
          if (sendsUpdates) send(key, { startMs, endMs, value: aggregate }, timeMs);
        },
      ],
      recover() {
        for (const [timed] of store.range()) due.add(timed.timeMs + closeMs, timed);
      },
      onEventTime(watermarkMs) {
        if (due.nextMs > watermarkMs) return;
        due.take(watermarkMs, timed => {
          const closed = store.get(timed);
          // It has grown since, under another end.
          if (closed === undefined) return;
          store.delete(timed);
          if (sendsUpdates) return;
          const { number: startMs, value } = closed;
          send(timed.key, { startMs, endMs: timed.timeMs, value }, timed.timeMs);
        });
      },
    };
  };
}

type Record = { readonly key: Key; readonly value: unknown; readonly timeMs: number };

/** The sessions a record touches, in order of time, as one with the record in it. */
function grow(
  { aggregation }: WindowSettings,
  found: readonly (readonly [TimedKey<Key>, Session])[],
  { key, value, timeMs }: Record,
) {
  const first = found[0];
  let startMs = timeMs;
  let endMs = timeMs;
  let aggregate = first === undefined ? aggregation.initial() : first[1].value;
  for (const [timed, { number, value: other }] of found) {
    startMs = Math.min(startMs, number);
    endMs = Math.max(endMs, timed.timeMs);
    if (timed !== first?.[0]) aggregate = aggregation.merge(aggregate, other, key);
  }
  return { startMs, endMs, aggregate: aggregation.add(aggregate, value, key) };
}
