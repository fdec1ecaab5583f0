/** Slow features, worked out in a pool off the tick thread and handed back as versions. */
import { Piscina } from 'piscina';
import { midHalfIncrements, type Tick } from '../tick.ts';
import type { SlowFeatures } from './bars.ts';

/** Instrument, time and mid of each quote, three doubles. */
export type SlowBatch = { instruments: number; mids: Float64Array; count: number };
export type SlowResult = SlowFeatures;

/** A side input of the law: version 0 is none, each later one replaces the one before. */
export type SlowVersion = SlowFeatures & { version: number };

export type SlowPool = {
  /** Notes the quotes of a batch, in place: nothing is allocated and nothing leaves. */
  note(ticks: readonly Tick[]): void;
  /** Hands what was noted to the pool, unless it still works; call it where nobody waits. */
  flush(): void;
  /** Waits for what is under way. */
  close(): Promise<void>;
  /** Quotes that found no room because the pool was behind. */
  readonly missed: number;
};

/** Quotes of one batch; more within one turn of the pool are missed, and counted. */
const QUOTES_MAX = 16_384;

/** `onVersion` hears of each version, between two batches of the tick thread. */
export function createSlowPool(
  instruments: number,
  onVersion: (version: SlowVersion) => void,
): SlowPool {
  const pool = new Piscina<SlowBatch, SlowResult>({
    filename: new URL('./slow-thread.ts', import.meta.url).href,
    ...{ minThreads: 1, maxThreads: 1, concurrentTasksPerWorker: 1, maxQueue: 1 },
  });
  const mids = new Float64Array(3 * QUOTES_MAX);
  let count = 0;
  let missed = 0;
  let version = 0;
  let working: Promise<void> | undefined;
  const work = async () => {
    const batch = { instruments, mids: mids.slice(0, 3 * count), count };
    count = 0;
    const features = await pool.run(batch);
    version++;
    onVersion({ version, ...features });
  };
  return {
    get missed() {
      return missed;
    },
    note(ticks) {
      for (let at = 0; at < ticks.length; at++) {
        const tick = ticks[at]!;
        if (tick.kind !== 'quote') continue;
        if (count === QUOTES_MAX) {
          missed++;
          continue;
        }
        mids[3 * count] = tick.instrument;
        mids[3 * count + 1] = tick.exchangeTimeNs;
        mids[3 * count + 2] = midHalfIncrements(tick);
        count++;
      }
    },
    flush() {
      if (working !== undefined || count === 0) return;
      working = work().finally(() => {
        working = undefined;
      });
    },
    async close() {
      await working;
      await pool.destroy();
    },
  };
}
