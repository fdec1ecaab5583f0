/** Recorded days: without these tests, the readers would be right on invented data alone. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { FEATURE_BITS, twinKernels, VIEW, VIEW_VALUES } from '#native';
import { createMarketFeatures } from './features.ts';
import { openTicks } from './open-ticks.ts';
import { midHalfIncrements, type Tick } from './tick.ts';

const data =
  process.env.OUTRIDER_DATA ?? fileURLToPath(new URL('../../shared/data', import.meta.url));
setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');
const at = (path: string) => join(data, path);
const gold = at('fx/xauusd-oanda/20140502_quote.zip');
const eurusdOanda = at('fx/eurusd-oanda/20140502_quote.zip');
const eurusdFxcm = at('fx/eurusd-fxcm/20140502_quote.zip');

/** Skipped where the recorded data is not at hand: set OUTRIDER_DATA to its folder. */
describe.skipIf(!existsSync(gold))('recorded data (needs OUTRIDER_DATA)', () => {
  it.each([
    ['gold', gold, 265_015, {}],
    ['EURUSD at OANDA', eurusdOanda, 49_341, {}],
    ['EURUSD at FXCM', eurusdFxcm, 96_406, { crossed: 12_061 }],
    ['BAC quotes', at('equity/bac/20131007_quote.zip'), 476_855, { 'one-sided': 1 }],
    ['AIG trades', at('equity/aig/20131007_trade.zip'), 25_351, {}],
    ['GC trades', at('futures/gc/20131007_trade.zip'), 40_192, {}],
  ])('accounts for every row of a day of %s', async (_, path, rows, expected) => {
    const opened = await openTicks({ paths: [path] });
    let lastNs = 0;
    for await (const batch of opened.ticks) {
      for (const tick of batch) {
        expect(tick.exchangeTimeNs >= lastNs).toBe(true);
        lastNs = tick.exchangeTimeNs;
      }
    }
    const { read, used, rejected, errors } = opened.stats;
    const reasons = Object.entries(rejected).filter(([, count]) => count > 0);
    expect(read).toBe(rows);
    expect(Object.fromEntries(reasons)).toEqual(expected);
    expect(used).toBe(rows - reasons.reduce((sum, [, count]) => sum + count, 0));
    expect(errors).toEqual([]);
  });

  it('lays two venues of one market on one clock, or one leads the other by hours', async () => {
    const opened = await openTicks({ paths: [eurusdOanda, eurusdFxcm] });
    expect(opened.instruments.map(({ symbol }) => symbol)).toEqual(['EURUSD', 'EURUSD.2']);
    expect(opened.originNs).toBe(BigInt(Date.UTC(2014, 4, 2)) * 1_000_000n);
    const mids: (number | undefined)[] = [];
    let apart = 0;
    let compared = 0;
    for await (const batch of opened.ticks) {
      for (const tick of batch) {
        if (tick.kind !== 'quote') continue;
        mids[tick.instrument] = midHalfIncrements(tick);
        const [oanda, fxcm] = mids;
        if (oanda === undefined || fxcm === undefined) continue;
        compared++;
        apart += Math.abs(oanda - fxcm);
      }
    }
    expect(compared).toBeGreaterThan(100_000);
    expect(apart / compared).toBeLessThan(10);
  });

  it('reads New York hours: the stock opens at 13:30 UTC in October', async () => {
    const opened = await openTicks({ paths: [at('equity/bac/20131007_trade.zip')] });
    const perHour = new Array<number>(24).fill(0);
    for await (const batch of opened.ticks) {
      for (const tick of batch) perHour[Math.floor(tick.exchangeTimeNs / 3.6e12)]!++;
    }
    const busy = perHour.flatMap((count, hour) => (count > 4000 ? [hour] : []));
    expect(busy).toEqual([13, 14, 15, 16, 17, 18, 19]);
  });

  it('keeps a book from differences that agrees with the best quotes beside it', async () => {
    const { ticks, instruments, originNs, stats } = await openTicks({
      paths: [at('crypto/usdm'), at('crypto/spot/btcusdt_20240809.gz')],
    });
    const features = createMarketFeatures(instruments, originNs);
    const kinds: Record<string, number> = {};
    let [compared, equal] = [0, 0];
    for await (const batch of ticks) {
      features.take(batch);
      for (const { kind } of batch) kinds[kind] = (kinds[kind] ?? 0) + 1;
      for (const view of [0, VIEW_VALUES]) {
        const { views } = features;
        if ((views[view + VIEW.present]! & FEATURE_BITS.depth) === 0) continue;
        compared++;
        if (views[view + VIEW.bookBidIncrements] === views[view + VIEW.bidIncrements]) equal++;
      }
    }
    expect(instruments.map(({ symbol }) => symbol)).toEqual(['BTCUSDT', 'ETHUSDT', 'BTCUSDT.2']);
    expect(kinds).toMatchObject({ snapshot: 2, quote: 165_215 });
    expect(stats.errors).toEqual([]);
    // The book is up to 100 ms behind the best quotes.
    expect(equal / compared).toBeGreaterThan(0.5);
    expect(features.views[VIEW.crossedBooks]).toBe(0);
    // The spot recording has no snapshot: there is no book, and that is not a book of zeros.
    expect(features.value(2, 'depthImbalance')).toBeUndefined();
  });

  it.each([
    ['gold', gold],
    ['Binance USD-M', at('crypto/usdm')],
    ['Binance spot', at('crypto/spot')],
  ])('gives features of the same bytes in the kernel in use and its twin: %s', async (_, path) => {
    const { ticks, instruments, originNs } = await openTicks({ paths: [path] });
    const used = createMarketFeatures(instruments, originNs);
    const twin = createMarketFeatures(instruments, originNs, twinKernels);
    let differing = 0;
    for await (const batch of ticks) {
      used.take(batch);
      twin.take(batch);
      const [a, b] = [used, twin].map(({ views }) => Buffer.from(views.buffer as ArrayBuffer));
      if (!a!.equals(b!)) differing++;
    }
    expect(differing).toBe(0);
    expect(used.value(0, 'slowVolatility')).toBeGreaterThan(0);
  });

  it('holds the memory flat over a day of gold, or long recordings do not fit', async () => {
    const { ticks } = await openTicks({ paths: [gold] });
    let first: number | undefined;
    let most = 0;
    let batches = 0;
    let last: Tick | undefined;
    for await (const batch of ticks) {
      last = batch.at(-1);
      if (++batches % 20 !== 0) continue;
      // Garbage that waits for its collection is no memory held.
      collect();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      first ??= heapUsed + arrayBuffers;
      most = Math.max(most, heapUsed + arrayBuffers - first);
    }
    expect(last?.exchangeTimeNs).toBeGreaterThan(0);
    expect(most).toBeLessThan(48 << 20);
  });
});
