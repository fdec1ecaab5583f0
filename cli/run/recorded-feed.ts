/** Recorded ticks at a pace: each has an intended time, and what is due together is one batch. */
import type { Clock, Nanoseconds, Timers } from '#engine';
import type { Tick } from '#market';
import { createPace, type PaceOptions } from './pace.ts';

export type FeedPorts = {
  clock: Clock;
  /** Precise to a turn of the event loop. */
  timers: Timers;
  /** `injectedNs`: when the latest tick of the batch was due. */
  onBatch(batch: Tick[], injectedNs: Nanoseconds): void;
  /** The feed ends here, or when the recording does. */
  endNs: Nanoseconds;
  isStopped(): boolean;
};

/** Ticks of one batch at most: beyond it the rest is the next batch. */
const BATCH_TICKS_MAX = 1024;

/** Open loop: a slow consumer delays nothing but what it sees. Resolves at the end of the feed. */
export async function feedRecorded(
  ticks: AsyncIterable<Tick[]>,
  options: PaceOptions,
  ports: FeedPorts,
): Promise<void> {
  const pace = createPace(options);
  const dueNs = ({ exchangeTimeNs }: Tick) => pace.dueNs(exchangeTimeNs);
  const { clock, timers } = ports;
  for await (const read of ticks) {
    let at = 0;
    while (at < read.length) {
      const nextNs = dueNs(read[at]!);
      if (nextNs > ports.endNs || ports.isStopped()) return;
      if (nextNs > clock.nowNs()) await new Promise<void>(due => timers.at(nextNs, due));
      if (ports.isStopped()) return;
      const nowNs = clock.nowNs();
      let end = at + 1;
      while (end < read.length && end - at < BATCH_TICKS_MAX && dueNs(read[end]!) <= nowNs) end++;
      ports.onBatch(read.slice(at, end), dueNs(read[end - 1]!));
      at = end;
    }
  }
}
