/** Joins a stream with what was known at its records' times: the latest version of their key. */

import type { StateStore } from '../state/store.ts';
import type { TimedKey } from '../state/timed-key.ts';
import { dueIndex } from './due-index.ts';
import { type OpenNode, OUT } from './running-node.ts';
import { nextOrder } from './stream-join.ts';
import type { Codec } from './task.ts';
import { guarded } from './user-function.ts';
import { lateSender } from './window-settings.ts';

type Key = unknown;

export type AsOfSettings = {
  readonly versions: string;
  /** Records that wait until event time has passed them; none where they are joined at once. */
  readonly waiting: string | undefined;
  readonly key: Codec<unknown>;
  /** Older versions count as none. */
  readonly withinMs: number;
  readonly latenessMs: number;
  /** Whether a version of the very time of a record counts as known. */
  readonly countsSameTime: boolean;
  readonly keepsUnmatched: boolean;
  join(value: unknown, version: unknown, key: unknown): unknown;
};

/**
 * Of versions of one time the one that came last stands. A version that comes late still counts
 * for all records not joined yet; a record is late once event time has passed it by more than the
 * allowed lateness.
 */
export function openAsOfJoin(settings: AsOfSettings): OpenNode {
  const { latenessMs } = settings;
  return context => {
    const forward = context.output(OUT);
    const late = lateSender(context);
    const versions = context.store<TimedKey<Key>, unknown>(settings.versions);
    const waiting =
      settings.waiting === undefined
        ? undefined
        : context.store<TimedKey<Key>, unknown>(settings.waiting);
    const due = dueIndex(settings.key);

    const joinNow = (key: Key, value: unknown, timeMs: number) => {
      const version = versionAt(versions, settings, { key, timeMs });
      if (version === undefined && !settings.keepsUnmatched) return;
      const joined = guarded(context, key, () => settings.join(value, version, key));
      if (joined !== undefined) forward(key, joined, timeMs);
    };

    return {
      inputs: [
        (key, value, timeMs) => {
          if (timeMs + latenessMs < context.time.watermarkMs) {
            late(key, value, timeMs);
          } else if (waiting === undefined) {
            joinNow(key, value, timeMs);
          } else {
            const timed = { key, timeMs, order: nextOrder(waiting, key, timeMs) };
            waiting.set(timed, value);
            due.add(timeMs + latenessMs + 1, timed);
          }
        },
        (key, value, timeMs) => {
          versions.set({ key, timeMs, order: 0 }, value);
          dropOld(versions, key, context.time.watermarkMs - latenessMs - 1);
        },
      ],
      recover() {
        if (waiting === undefined) return;
        for (const [timed] of waiting.range()) due.add(timed.timeMs + latenessMs + 1, timed);
      },
      onEventTime(watermarkMs) {
        if (waiting === undefined || due.nextMs > watermarkMs) return;
        due.take(watermarkMs, timed => {
          const value = waiting.get(timed);
          waiting.delete(timed);
          joinNow(timed.key, value, timed.timeMs);
        });
      },
    };
  };
}

type Versions = StateStore<TimedKey<Key>, unknown>;

function versionAt(
  versions: Versions,
  { withinMs, countsSameTime }: AsOfSettings,
  { key, timeMs }: { readonly key: Key; readonly timeMs: number },
): unknown {
  const from = { key, timeMs: Math.max(timeMs - withinMs, EARLIEST_MS), order: 0 };
  const to = { key, timeMs: countsSameTime ? timeMs + 1 : timeMs, order: 0 };
  let latest: unknown;
  for (const [, value] of versions.range(from, to)) latest = value;
  return latest;
}

/** No record that is in time asks for less than `horizonMs`: of what is older the latest stays. */
function dropOld(versions: Versions, key: Key, horizonMs: number): void {
  if (horizonMs < 0) return;
  const from = { key, timeMs: EARLIEST_MS, order: 0 };
  let older: TimedKey<Key> | undefined;
  for (const [timed] of versions.range(from, { ...from, timeMs: horizonMs + 1 })) {
    if (older !== undefined) versions.delete(older);
    older = timed;
  }
}

/** Before every time that a record may have. */
const EARLIEST_MS = 0;
