/** Aggregates over sliding windows: one that ends at each time at which a key has a record. */

import { type TimedKey, timedKeyCodec } from '../state/timed-key.ts';
import { fields } from './codecs.ts';
import { type DueIndex, dueIndex } from './due-index.ts';
import type { NodeContext, OpenNode } from './running-node.ts';
import type { Codec } from './task.ts';
import { guarded } from './user-function.ts';
import { lateSender, type WindowSettings, windowSender } from './window-settings.ts';

type Key = unknown;

/** Of one key and time: the aggregate of its own records, and of the window that ends there. */
type Pane = { readonly own: unknown; readonly total: unknown };

export const slidingCodecs = <Own, Value>(key: Codec<Own>, value: Codec<Value>) => ({
  key: timedKeyCodec(key),
  value: fields({ own: value, total: value }),
});

/**
 * A record is late once event time has passed it by more than the allowed lateness. Its pane stays
 * for as long as windows that end later may begin at or before it.
 */
export function openSlidingWindows(sizeMs: number, settings: WindowSettings): OpenNode {
  const { latenessMs, emit } = settings;
  const closeMs = latenessMs + 1;
  return context => {
    const store = context.store<TimedKey<Key>, Pane>(settings.store);
    const closing: DueIndex<Key> = dueIndex(settings.key);
    const leaving: DueIndex<Key> = dueIndex(settings.key);
    const send = windowSender(context);
    const late = lateSender(context);
    const place = panePlacer(context, sizeMs, settings);
    const sendsUpdates = emit === 'update';
    const wait = (timed: TimedKey<Key>, fromMs: number) => {
      if (!sendsUpdates && timed.timeMs + closeMs > fromMs) {
        closing.add(timed.timeMs + closeMs, timed);
      }
      leaving.add(timed.timeMs + sizeMs + closeMs, timed);
    };
    const windowOf = (timed: TimedKey<Key>, { total }: Pane) => {
      return { startMs: timed.timeMs - sizeMs, endMs: timed.timeMs, value: total };
    };

    return {
      inputs: [
        (key, value, timeMs) => {
          if (timeMs + latenessMs < context.time.watermarkMs) {
            late(key, value, timeMs);
            return;
          }
          const changed = guarded(context, key, () => place({ key, value, timeMs }));
          if (changed === undefined) return;
          for (const [timed, pane, isNew] of changed) {
            store.set(timed, pane);
            if (isNew) wait(timed, Number.NEGATIVE_INFINITY);
          }
          if (!sendsUpdates) return;
          for (const [timed, pane] of changed) {
            send(key, windowOf(timed, pane), Math.max(timeMs, timed.timeMs));
          }
        },
      ],
      recover() {
        for (const [timed] of store.range()) wait(timed, context.time.watermarkMs);
      },
      onEventTime(watermarkMs) {
        if (closing.nextMs <= watermarkMs) {
          closing.take(watermarkMs, timed =>
            send(timed.key, windowOf(timed, store.get(timed)!), timed.timeMs),
          );
        }
        if (leaving.nextMs <= watermarkMs) {
          leaving.take(watermarkMs, timed => store.delete(timed));
        }
      },
    };
  };
}

type Record = { readonly key: Key; readonly value: unknown; readonly timeMs: number };

/** The panes that a record changes: its own first, then the later ones whose windows hold it. */
function panePlacer(context: NodeContext, sizeMs: number, settings: WindowSettings) {
  const store = context.store<TimedKey<Key>, Pane>(settings.store);
  const { aggregation } = settings;
  return ({ key, value, timeMs }: Record) => {
    const at = { key, timeMs, order: 0 };
    const existing = store.get(at);
    const changed: [TimedKey<Key>, Pane, isNew: boolean][] = [];
    const own = aggregation.add(existing?.own ?? aggregation.initial(), value, key);
    if (existing === undefined) {
      let total: unknown;
      for (const [, pane] of store.range({ ...at, timeMs: timeMs - sizeMs }, at)) {
        total = total === undefined ? pane.own : aggregation.merge(total, pane.own, key);
      }
      total = total === undefined ? own : aggregation.merge(total, own, key);
      changed.push([at, { own, total }, true]);
    } else {
      changed.push([at, { own, total: aggregation.add(existing.total, value, key) }, false]);
    }
    const after = { ...at, timeMs: timeMs + 1 };
    for (const [timed, pane] of store.range(after, { ...at, timeMs: timeMs + sizeMs + 1 })) {
      const total = aggregation.add(pane.total, value, key);
      changed.push([timed, { own: pane.own, total }, false]);
    }
    return changed;
  };
}
