/** Slow features: bars and correlations as defined, and the same through the pool. */
import { describe, expect, it } from 'vitest';
import type { Tick } from '../tick.ts';
import { createBars } from './bars.ts';
import { createSlowPool, type SlowVersion } from './slow-features.ts';

const SECOND = 1e9;

describe('bars', () => {
  it('are of whole seconds and minutes, or they would change after they were used', () => {
    const bars = createBars(1);
    bars.show(0, 60 * SECOND, 10);
    bars.show(0, 60.4 * SECOND, 14);
    bars.show(0, 60.9 * SECOND, 8);
    expect(bars.features().seconds).toEqual([undefined]);
    bars.show(0, 61 * SECOND, 9);
    const second = { startNs: 60 * SECOND, open: 10, high: 14, low: 8, close: 8, quotes: 3 };
    expect(bars.features().seconds).toEqual([second]);
    expect(bars.features().minutes).toEqual([undefined]);
    bars.show(0, 125 * SECOND, 11);
    const minute = { startNs: 60 * SECOND, open: 10, high: 14, low: 8, close: 9, quotes: 4 };
    expect(bars.features().minutes).toEqual([minute]);
  });

  it('correlate changes of the last 60 seconds, silent seconds included', () => {
    const bars = createBars(3);
    let mid = 1000;
    for (let second = 0; second < 200; second++) {
      mid += ((second * 7) % 5) - 2;
      bars.show(0, second * SECOND, mid);
      bars.show(1, second * SECOND, 5000 - 2 * mid);
    }
    expect(bars.features().correlations).toEqual([[0, 1, expect.closeTo(-1, 9)]]);
  });
});

it('gives versions from a thread of its own, each after all that was noted before', async () => {
  const versions: SlowVersion[] = [];
  const pool = createSlowPool(2, version => versions.push(version));
  const expected = createBars(2);
  for (let at = 0; at < 3000; at++) {
    const [instrument, exchangeTimeNs] = [at % 2, at * 50e6];
    const prices = { bidIncrements: 100 + ((at * 11) % 7), askIncrements: 110 };
    const tick: Tick = { kind: 'quote', instrument, exchangeTimeNs, ...prices };
    pool.note([tick]);
    expected.show(instrument, exchangeTimeNs, prices.bidIncrements + prices.askIncrements);
    if (at === 1500) pool.flush();
  }
  while (versions.length === 0) await new Promise(resolve => setImmediate(resolve));
  pool.flush();
  await pool.close();
  expect(versions.map(({ version }) => version)).toEqual([1, 2]);
  const { version: _, ...last } = versions[1]!;
  expect(last).toEqual(expected.features());
  expect(pool.missed).toBe(0);
});
