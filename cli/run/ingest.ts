/** Recorded ticks of a live run: read and paced by a thread of its own, taken out of its ring. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type ClockReading, MILLISECOND_NS, type Nanoseconds, readClock } from '#engine';
import { createTickReader, type OpenTicksOptions, openTickRing, type ReadStats } from '#market';
import { loadedKernels, type RingHandle } from '#native';
import { createPace, type PaceOptions } from './pace.ts';
import type { FeedPorts } from './recorded-feed.ts';

export type IngestData = {
  opening: OpenTicksOptions;
  handle: RingHandle;
  control: Int32Array<SharedArrayBuffer>;
  reading: ClockReading;
  pace: PaceOptions;
  endNs: Nanoseconds;
};

/** What the thread says when its last tick is in the ring. */
export type IngestEnd = {
  stats: ReadStats;
  counts: { merged: number; lostBookChanges: number };
};

/** Words of the control block: `wake` counts up whenever there is something to look at. */
export const CONTROL = { wake: 0, isStopped: 1, isOver: 2 } as const;

export type IngestPorts = Omit<FeedPorts, 'timers'> & {
  /** From when the last tick of a batch entered the ring until it was taken out. */
  onHop(pushedNs: Nanoseconds, takenNs: Nanoseconds): void;
};

/** Ticks drained at once; what is beyond stays in the ring for the next batch. */
const BATCH_TICKS_MAX = 1024;
/** A core each for edge, ingest, verifier and forwarder, and one to spare. */
const HAS_CORES = availableParallelism() > 4;
const SPIN_NS = 2 * MILLISECOND_NS;
/** A silent feed is looked after so often, for the end and for a stop. */
const LOOK_MS = 50;

/**
 * Whether recorded ticks get a thread of their own. `auto`: where it has a core: on fewer the hop
 * and the wait for a core cost more than reading does (docs/threads.md).
 */
export const hasIngestThread = (ingest: 'auto' | 'thread' | 'edge') =>
  ingest === 'thread' || (ingest === 'auto' && HAS_CORES);

/**
 * Open loop: the thread waits for nobody, and conflates where the ring is full. Between ticks this
 * thread parks in its event loop. Resolves at the end of the feed.
 */
export async function feedIngested(
  opening: OpenTicksOptions,
  paceOptions: PaceOptions,
  ports: IngestPorts,
): Promise<IngestEnd> {
  const handle = openTickRing();
  const reader = createTickReader(handle, { ticksMax: BATCH_TICKS_MAX });
  const control = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));
  const { clock, endNs } = ports;
  const data: IngestData = {
    ...{ opening, handle, control, reading: readClock(clock), pace: paceOptions, endNs },
  };
  const thread = new Worker(new URL('./ingest-thread.ts', import.meta.url), { workerData: data });
  const ended = new Promise<IngestEnd>((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', code => reject(new Error(`the ingest thread ended with status ${code}`)));
  });
  try {
    // The end of the thread is not yet the end of what it left in the ring; its failure is.
    const failed = ended.then(() => new Promise<never>(() => {}));
    await Promise.race([failed, drainUntilOver({ reader, control, paceOptions }, ports)]);
    return await ended;
  } finally {
    Atomics.store(control, CONTROL.isStopped, 1);
    loadedKernels.kernels.closeRing(handle);
  }
}

const nextTurn = () => new Promise<void>(resolve => setImmediate(resolve));

type Draining = {
  reader: ReturnType<typeof createTickReader>;
  control: Int32Array<SharedArrayBuffer>;
  paceOptions: PaceOptions;
};

async function drainUntilOver(
  { reader, control, paceOptions }: Draining,
  { clock, onBatch, onHop, isStopped }: IngestPorts,
): Promise<void> {
  const pace = createPace(paceOptions);
  let takenNs = Number.NEGATIVE_INFINITY;
  for (;;) {
    if (isStopped()) Atomics.store(control, CONTROL.isStopped, 1);
    const seen = Atomics.load(control, CONTROL.wake);
    const isOver = Atomics.load(control, CONTROL.isOver) === 1;
    const ticks = reader.drain();
    const last = ticks.at(-1);
    if (last !== undefined) {
      onHop(reader.injectedNs, clock.nowNs());
      onBatch(ticks, pace.dueNs(last.exchangeTimeNs));
      // Sockets and timers have their turn between two batches, however many wait.
      takenNs = clock.nowNs();
      await nextTurn();
      continue;
    }
    if (isOver) return;
    if (HAS_CORES && clock.nowNs() - takenNs < SPIN_NS) {
      await nextTurn();
      continue;
    }
    const { async, value } = Atomics.waitAsync(control, CONTROL.wake, seen, LOOK_MS);
    if (async) await value;
  }
}
