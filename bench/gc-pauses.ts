/** Garbage collections of this process: how many, how long in all, the longest. */

import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';

/** Nanoseconds. A pause is the whole collection as V8 reports it, its concurrent part left out. */
export type GcPauses = {
  count: number;
  totalNs: number;
  maxNs: number;
  /** Of the young generation: short and frequent. */
  minor: number;
  /** Of the whole heap. */
  major: number;
};

export type GcRecorder = {
  /** So far. */
  read(): GcPauses;
  /** Ends the recording and says what it was. */
  close(): GcPauses;
};

const NS_PER_MS = 1e6;
const MINOR = constants.NODE_PERFORMANCE_GC_MINOR;

/** Counts from now on; a collection is told of in the turn of the event loop after it. */
export function recordGc(): GcRecorder {
  const pauses: GcPauses = { count: 0, totalNs: 0, maxNs: 0, minor: 0, major: 0 };
  const note = (entries: readonly PerformanceEntry[]) => {
    for (const entry of entries) {
      const ns = Math.round(entry.duration * NS_PER_MS);
      pauses.count++;
      pauses.totalNs += ns;
      pauses.maxNs = Math.max(pauses.maxNs, ns);
      if (kindOf(entry) === MINOR) pauses.minor++;
      else pauses.major++;
    }
  };
  const observer = new PerformanceObserver(list => note(list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  const read = () => {
    note(observer.takeRecords());
    return { ...pauses };
  };
  return {
    read,
    close() {
      const last = read();
      observer.disconnect();
      return last;
    },
  };
}

const kindOf = (entry: PerformanceEntry): unknown =>
  (entry as { detail?: { kind?: unknown } }).detail?.kind;
