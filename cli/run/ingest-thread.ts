/** The ingest thread: reads recordings, waits until a tick is due and puts it into the ring. */
import { parentPort, workerData } from 'node:worker_threads';
import { clockFromReading, MILLISECOND_NS, preciseTimers, wallTimers } from '#engine';
import { createTickWriter, openTicks } from '#market';
import { CONTROL, type IngestData, type IngestEnd } from './ingest.ts';
import { feedRecorded } from './recorded-feed.ts';

const { opening, handle, control, reading, pace, endNs } = workerData as IngestData;
/** Between two tries to empty what a full ring left waiting. */
const FLUSH_NS = MILLISECOND_NS;

const clock = clockFromReading(reading);
const timers = wallTimers(clock);
const precise = preciseTimers({ clock, timers, nextTurn: setImmediate });
const writer = createTickWriter(handle);
const wake = () => {
  Atomics.add(control, CONTROL.wake, 1);
  Atomics.notify(control, CONTROL.wake);
};
const isStopped = () => Atomics.load(control, CONTROL.isStopped) === 1;
const pause = (ns: number) =>
  new Promise<void>(resolve => timers.at(clock.nowNs() + ns, () => resolve()));

async function flushed(): Promise<void> {
  while (!writer.flush() && !isStopped()) {
    wake();
    await pause(FLUSH_NS);
  }
}

let isFlushing = false;
/** One loop at a time empties the backlog, while the feed goes on. */
async function flushLater(): Promise<void> {
  isFlushing = true;
  await flushed();
  isFlushing = false;
}

const opened = await openTicks(opening);
await feedRecorded(opened.ticks, pace, {
  ...{ clock, timers: precise, endNs, isStopped },
  onBatch(batch) {
    for (const tick of batch) writer.push(tick, clock.nowNs());
    wake();
    if (!isFlushing) void flushLater();
  },
});
await flushed();
parentPort!.postMessage({ stats: opened.stats, counts: writer.counts } satisfies IngestEnd);
Atomics.store(control, CONTROL.isOver, 1);
wake();
