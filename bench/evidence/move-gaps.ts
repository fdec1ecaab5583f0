/** Time between moves: what arrival alone allows a look-ahead of one move to reach. */
import { MILLISECOND_NS, type Nanoseconds } from '#engine';

export type MoveGaps = {
  /** An instrument moved; `timeNs` is the run's clock. */
  note(instrument: number, timeNs: Nanoseconds): void;
  /** Share of moves that came at least so long after the one before; undefined without any. */
  shareAtLeast(gapNs: number): number | undefined;
};

/** Longer gaps count as this: no verifier that is of use takes as long. */
const GAP_MS_MAX = 4096;

/** In buckets of a millisecond. */
export function createMoveGaps(instruments: number): MoveGaps {
  const counts = new Uint32Array(GAP_MS_MAX + 1);
  const latestNs = new Float64Array(instruments).fill(Number.NaN);
  return {
    note(instrument, timeNs) {
      const gapMs = Math.floor((timeNs - latestNs[instrument]!) / MILLISECOND_NS);
      latestNs[instrument] = timeNs;
      // The first has none before it.
      if (gapMs >= 0) counts[Math.min(gapMs, GAP_MS_MAX)]!++;
    },
    shareAtLeast(gapNs) {
      const first = Math.min(Math.ceil(gapNs / MILLISECOND_NS), GAP_MS_MAX);
      const sum = (from: number) =>
        counts.subarray(from).reduce((total, count) => total + count, 0);
      const all = sum(0);
      return all === 0 ? undefined : sum(first) / all;
    },
  };
}
