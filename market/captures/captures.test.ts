/** Raw captures: without these tests a lost difference or a slow clock would pass for a market. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { createMarketFeatures } from '../features.ts';
import { openTicks } from '../open-ticks.ts';
import type { Tick } from '../tick.ts';

const folder = mkdtempSync(join(tmpdir(), 'outrider-captures-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The recorder's clock is 1,270 ms behind; this message took 2 ms more than the fastest. */
const SECONDS = 1_723_161_255;
const LAG_MS = 1270;
let files = 0;

type Levels = [price: string, size: string][];
const line = (ms: number, message: object) =>
  `${SECONDS}${String(ms * 1e6).padStart(9, '0')} ${JSON.stringify(message)}`;
const exchangeMs = (ms: number, travelMs = 2) => SECONDS * 1000 + ms + LAG_MS - travelMs;

const ticker = (ms: number, u: number, [b, a]: [string, string]) =>
  line(ms, { stream: 'btcusdt@bookTicker', data: { u, s: 'BTCUSDT', b, B: '2.5', a, A: '0.5' } });
const trade = (ms: number, t: number, m = false) =>
  line(ms, {
    stream: 'btcusdt@trade',
    data: {
      ...{ e: 'trade', E: exchangeMs(ms, t === 1 ? 0 : 2), s: 'BTCUSDT', t, p: '100.1', q: '0.2' },
      m,
    },
  });
const depth = (ms: number, [pu, U, u]: [number | undefined, number, number], b: Levels = []) =>
  line(ms, {
    stream: 'btcusdt@depth',
    data: { e: 'depthUpdate', s: 'BTCUSDT', U, u, pu, b, a: [] },
  });
const snapshot = (ms: number, lastUpdateId: number) =>
  line(ms, { lastUpdateId, bids: [['100.0', '1']], asks: [['100.2', '3']] });

async function read(lines: string[], venue = 'usdm') {
  const place = join(folder, String(files++), venue);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'any-name.gz'), gzipSync(`${lines.join('\n')}\n`));
  const opened = await openTicks({ paths: [place] });
  const ticks: Tick[] = [];
  for await (const batch of opened.ticks) ticks.push(...batch);
  return { ...opened, stats: opened.stats, ticks };
}
const kinds = (ticks: readonly Tick[]) => ticks.map(({ kind }) => kind);

describe('captures', () => {
  it('are known by their content, and their instrument by its folder', async () => {
    const { instruments, ticks, stats } = await read([ticker(1, 1, ['100.0', '100.2'])]);
    expect(instruments[0]).toMatchObject({ symbol: 'BTCUSDT', priceIncrement: '0.10' });
    expect(ticks).toMatchObject([
      { kind: 'quote', bidIncrements: 1000, askIncrements: 1002, bidLots: 2500, askLots: 500 },
    ]);
    expect([stats.read, stats.used]).toEqual([1, 1]);
    const spot = await read([ticker(1, 1, ['100.00', '100.02'])], 'spot');
    expect(spot.instruments[0]).toMatchObject({ priceIncrement: '0.01', inferred: false });
  });

  it('lie on the exchange clock by the fastest message, in the order of receipt', async () => {
    const lines = [ticker(5, 1, ['100.0', '100.2']), trade(6, 1), trade(7, 2, true)];
    const { ticks, originNs } = await read(lines);
    const times = ticks.map(tick => Number(originNs / 1_000_000n) + tick.exchangeTimeNs / 1e6);
    expect(times).toEqual([5, 6, 7].map(ms => exchangeMs(ms, 0)));
    expect(ticks.every(tick => tick.isTimeEstimated)).toBe(true);
    expect(ticks[0]!.exchangeTimeNs - ticks[0]!.receiveTimeNs!).toBe(LAG_MS * 1e6);
    expect(ticks.slice(1)).toMatchObject([{ aggressor: 'buy' }, { aggressor: 'sell' }]);
  });

  it('give a book from a snapshot on, with the differences that were on their way', async () => {
    const { ticks, instruments, originNs, stats } = await read([
      trade(0, 1),
      depth(1, [10, 11, 12], [['99.0', '9']]),
      depth(2, [12, 15, 20], [['100.1', '2']]),
      snapshot(3, 14),
      depth(4, [20, 30, 31], [['100.0', '0']]),
    ]);
    expect(kinds(ticks)).toEqual(['trade', 'snapshot', 'level', 'level', 'level', 'level']);
    const hasMore = ticks.map(tick => tick.kind === 'level' && tick.hasMore === true);
    expect(hasMore).toEqual([false, false, true, false, false, false]);
    const features = createMarketFeatures(instruments, originNs);
    features.take(ticks);
    // 2 at 100.1 against 3 at 100.2.
    expect(features.value(0, 'depthImbalance')).toBe(-0.2);
    expect([stats.read, stats.used]).toEqual([5, 5]);
  });

  it('open a new epoch where differences or trades are missing', async () => {
    const { ticks } = await read([
      ...[trade(0, 1), snapshot(1, 10), depth(2, [10, 11, 12], [['99.0', '9']])],
      ...[depth(3, [13, 14, 15], [['98.0', '1']]), depth(4, [15, 16, 17], [['97.0', '1']])],
      ...[trade(5, 2), trade(6, 4)],
    ]);
    const levels = ['level', 'level', 'level'];
    expect(kinds(ticks)).toEqual(['trade', 'snapshot', ...levels, 'gap', 'trade', 'gap', 'trade']);
  });

  it('count every line they do not use, and why', async () => {
    const { stats, ticks } = await read([
      ticker(1, 5, ['100.0', '100.2']),
      ticker(2, 5, ['100.0', '100.2']),
      ticker(3, 4, ['100.0', '100.2']),
      ticker(4, 6, ['100.2', '100.0']),
      ticker(5, 7, ['0', '100.0']),
      ticker(6, 8, ['100.05', '100.2']),
      ticker(0, 9, ['100.0', '100.2']),
      depth(7, [undefined, 1, 2]),
      'garbage',
      `${SECONDS}000000000 {"stream":"x","data":{"e":"trade"}}`,
      `${SECONDS}000000000 [1`,
    ]);
    const rejected = Object.entries(stats.rejected).filter(([, count]) => count > 0);
    expect(Object.fromEntries(rejected)).toEqual({
      ...{ malformed: 3, 'one-sided': 1, 'off-increment': 1, crossed: 1, duplicate: 1 },
      ...{ 'out-of-order': 2, 'no-snapshot': 1 },
    });
    expect([stats.read, stats.used, ticks.length]).toEqual([11, 1, 1]);
  });

  it('say so when a file breaks off or is none, and go on with the rest', async () => {
    const place = join(folder, 'broken');
    mkdirSync(place);
    const lines = Array.from({ length: 2000 }, (_, at) => trade(at % 900, at + 1));
    const whole = gzipSync(lines.join('\n'));
    writeFileSync(join(place, 'cut.gz'), whole.subarray(0, whole.length - 200));
    const opened = await openTicks({ paths: [join(place, 'cut.gz')] });
    let count = 0;
    for await (const batch of opened.ticks) count += batch.length;
    expect(count).toBeGreaterThan(100);
    expect(opened.stats.errors[0]).toMatch(/cut\.gz, after line \d+: .*fetch the file again/);
    writeFileSync(join(place, 'none.gz'), gzipSync('1,2,3\n'));
    await expect(openTicks({ paths: [join(place, 'none.gz')] })).rejects.toThrow('none of its');
  });
});
