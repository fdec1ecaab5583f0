/** A virtual clock whose time moves only from one due callback to the next, in a fixed order. */

import type { Clock, TimerHandle, Timers } from './clock.ts';
import { invariant } from './error.ts';
import { popHeap, pushHeap } from './heap.ts';
import type { Nanoseconds } from './nanoseconds.ts';

type Entry = { timeNs: Nanoseconds; order: number; callback: (() => void) | undefined };

export type VirtualTime = Clock &
  Timers & {
    /** Runs all that is due up to and including `timeNs`, by time and insertion; stays there. */
    advanceTo(timeNs: Nanoseconds): void;
    /** The time of the next due callback, or undefined when none waits. */
    nextDueNs(): Nanoseconds | undefined;
  };

/** Callbacks at one instant run as they were scheduled, so a run depends on its inputs alone. */
export function virtualTime(startNs: Nanoseconds = 0): VirtualTime {
  const heap: Entry[] = [];
  let nowNs = startNs;
  let order = 0;

  const dropCancelled = () => {
    while (heap.length > 0 && heap[0]!.callback === undefined) popHeap(heap, before);
  };

  return {
    nowNs: () => nowNs,
    at(timeNs, callback): TimerHandle {
      invariant(Number.isSafeInteger(timeNs), 'a timer is due at an integer number of nanoseconds');
      const entry: Entry = { timeNs: Math.max(timeNs, nowNs), order: order++, callback };
      pushHeap(heap, entry, before);
      return {
        cancel() {
          entry.callback = undefined;
        },
      };
    },
    advanceTo(timeNs) {
      invariant(timeNs >= nowNs, 'virtual time never runs backwards');
      for (dropCancelled(); heap.length > 0 && heap[0]!.timeNs <= timeNs; dropCancelled()) {
        const entry = popHeap(heap, before);
        nowNs = entry.timeNs;
        entry.callback?.();
      }
      nowNs = timeNs;
    },
    nextDueNs() {
      dropCancelled();
      return heap[0]?.timeNs;
    },
  };
}

function before(a: Entry, b: Entry): boolean {
  return a.timeNs !== b.timeNs ? a.timeNs < b.timeNs : a.order < b.order;
}
