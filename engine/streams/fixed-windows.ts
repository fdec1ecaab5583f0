/** Aggregates over tumbling and hopping windows: a value a key and window, until it closes. */

import type { TimedKey } from '../state/timed-key.ts';
import { type DueIndex, dueIndex } from './due-index.ts';
import type { NodeContext, OpenNode } from './running-node.ts';
import { lateSender, type WindowSettings, windowSender } from './window-settings.ts';
import type { FixedWindow } from './windows.ts';

type Key = unknown;

/** A window closes once event time has passed its end by the allowed lateness. */
export function openFixedWindows(window: FixedWindow, settings: WindowSettings): OpenNode {
  const { sizeMs, everyMs } = window;
  const closeMs = sizeMs + settings.latenessMs;
  return context => {
    const store = context.store<TimedKey<Key>, unknown>(settings.store);
    const due: DueIndex<Key> = dueIndex(settings.key);
    const send = windowSender(context);
    const late = lateSender(context);
    const add = windowAdder(context, { settings, store, due, closeMs });
    const sendsUpdates = settings.emit === 'update';
    /** Start of the last record's newest window: most records follow in it. */
    let lastStartMs = 0;

    return {
      inputs: [
        (key, value, timeMs) => {
          if (timeMs < lastStartMs || timeMs >= lastStartMs + everyMs) {
            lastStartMs = timeMs - (timeMs % everyMs);
          }
          const newestMs = lastStartMs;
          if (newestMs + closeMs <= context.time.watermarkMs) {
            late(key, value, timeMs);
            return;
          }
          let startMs = newestMs;
          while (startMs - everyMs > timeMs - sizeMs) startMs -= everyMs;
          for (; startMs <= newestMs; startMs += everyMs) {
            if (startMs + closeMs <= context.time.watermarkMs) continue;
            const aggregate = add(key, value, startMs);
            if (aggregate === undefined) return;
            if (sendsUpdates) {
              send(key, { startMs, endMs: startMs + sizeMs, value: aggregate }, timeMs);
            }
          }
        },
      ],
      recover() {
        for (const [timed] of store.range()) due.add(timed.timeMs + closeMs, timed);
      },
      onEventTime(watermarkMs) {
        if (due.nextMs > watermarkMs) return;
        due.take(watermarkMs, timed => {
          const value = store.get(timed);
          store.delete(timed);
          if (sendsUpdates || value === undefined) return;
          const endMs = timed.timeMs + sizeMs;
          send(timed.key, { startMs: timed.timeMs, endMs, value }, endMs - 1);
        });
      },
    };
  };
}

type Adding = {
  readonly settings: WindowSettings;
  readonly store: ReturnType<NodeContext['store']>;
  readonly due: DueIndex<Key>;
  readonly closeMs: number;
};

/** Adds a value to a key's window and returns its new aggregate; undefined where refused. */
function windowAdder(context: NodeContext, { settings, store, due, closeMs }: Adding) {
  const { aggregation } = settings;
  return (key: Key, value: unknown, startMs: number): unknown => {
    const timed = { key, timeMs: startMs, order: 0 };
    const before = store.get(timed);
    let after: unknown;
    try {
      const start = before === undefined ? aggregation.initial() : before;
      after = aggregation.add(start, value, key);
    } catch (error) {
      context.refuse(error, key);
      return undefined;
    }
    if (before === undefined) due.add(startMs + closeMs, timed);
    store.set(timed, after);
    return after;
  };
}
