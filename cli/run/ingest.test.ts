/** The ingest thread: every tick must come out of the ring as it was read, in its order. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { clockFrom } from '#engine';
import { openTicks, type Tick } from '#market';
import { feedIngested } from './ingest.ts';

const folder = mkdtempSync(join(tmpdir(), 'outrider-ingest-'));
afterAll(() => rmSync(folder, { recursive: true }));

const TRADES = 3000;
/** Trades of three seconds, one a millisecond. */
const lines = Array.from({ length: TRADES }, (_, at) => {
  const seconds = 1_723_161_250 + Math.floor(at / 1000);
  const receiveNs = `${seconds}${String((at % 1000) * 1e6).padStart(9, '0')}`;
  const data = { e: 'trade', s: 'BTCUSDT', t: at + 1, p: `${100 + (at % 7)}.1`, q: '1', m: true };
  return `${receiveNs} ${JSON.stringify({ stream: 'btcusdt@trade', data })}`;
});
const file = join(folder, 'trades.gz');
writeFileSync(file, gzipSync(lines.join('\n')));

it('hands over all ticks in their order, with the time they were due', async () => {
  const opened = await openTicks({ paths: [file] });
  const read: Tick[] = [];
  for await (const batch of opened.ticks) read.push(...batch);
  const clock = clockFrom(0);
  const firstNs = read[0]!.exchangeTimeNs;
  const startNs = clock.nowNs();
  const got: { price: number; timeNs: number }[] = [];
  let [hops, early, latest] = [0, 0, 0];
  const { stats, counts } = await feedIngested(
    { paths: [file], originNs: opened.originNs },
    { firstNs, startNs, speed: 10 },
    {
      ...{ clock, endNs: Number.POSITIVE_INFINITY, isStopped: () => false },
      onHop(pushedNs, takenNs) {
        hops++;
        if (takenNs + 1e6 < pushedNs) early++;
      },
      onBatch(batch, injectedNs) {
        for (const tick of batch) {
          if (tick.kind !== 'trade') continue;
          got.push({ price: tick.priceIncrements, timeNs: tick.exchangeTimeNs });
        }
        if (injectedNs > clock.nowNs() || injectedNs < latest) early++;
        latest = injectedNs;
      },
    },
  );
  expect(got).toEqual(
    read.map(tick => ({
      price: tick.kind === 'trade' ? tick.priceIncrements : 0,
      timeNs: tick.exchangeTimeNs,
    })),
  );
  expect(hops).toBeGreaterThan(1);
  expect(early).toBe(0);
  expect(stats.used).toBe(TRADES);
  expect(counts).toEqual({ merged: 0, lostBookChanges: 0 });
});

it('ends when it is stopped, and fails when its thread does', async () => {
  const clock = clockFrom(0);
  const quiet = { clock, endNs: Number.POSITIVE_INFINITY, onBatch() {}, onHop() {} };
  const pace = { firstNs: 0, startNs: 0, speed: 1 };
  let looks = 0;
  const stopped = feedIngested({ paths: [file], originNs: 0n }, pace, {
    ...quiet,
    isStopped: () => ++looks > 3,
  });
  await expect(stopped).rejects.toThrow('no time of a run');
  const opened = await openTicks({ paths: [file] });
  await opened.ticks[Symbol.asyncIterator]().return?.();
  looks = 0;
  const { stats } = await feedIngested({ paths: [file], originNs: opened.originNs }, pace, {
    ...quiet,
    isStopped: () => ++looks > 3,
  });
  expect(stats.read).toBeLessThanOrEqual(TRADES);
});
