/** Rows: without these tests, quotes could be paired wrongly or rows vanish uncounted. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { incrementOf, stepsParser } from '../decimal.ts';
import { newReadStats, type RejectReason } from '../reject.ts';
import type { Tick } from '../tick.ts';
import type { LeanForm } from './lean-layout.ts';
import { leanRowReader } from './lean-rows.ts';

/** Ticks and counts of rows in a form; equities are written times 10,000. */
function read(form: LeanForm, rows: readonly string[]) {
  const stats = newReadStats();
  const out: Tick[] = [];
  const price = stepsParser(incrementOf('0.01'), form === 'pair' ? 0 : 4);
  const size = stepsParser(incrementOf('1'));
  const reader = leanRowReader({ form, instrument: 3, price, size, stats, out });
  reader.begin(wallNs => wallNs);
  for (const row of rows) reader.row(Buffer.from(row), 0, row.length);
  reader.finish();
  const reasons = Object.entries(stats.rejected).filter(([, count]) => count > 0);
  return { out, stats, rejected: Object.fromEntries(reasons) };
}

const good = '1000,1.25,1.27';

describe('lean rows', () => {
  it.each<[string, string, RejectReason]>([
    ['two columns', '2000,1.25', 'malformed'],
    ['four columns', '2000,1.25,1.27,1', 'malformed'],
    ['an empty row', '', 'malformed'],
    ['an empty price', '2000,,1.27', 'malformed'],
    ['NaN', '2000,NaN,1.27', 'malformed'],
    ['a time past the day', '86400000,1.25,1.27', 'malformed'],
    ['a negative price', '2000,-1.25,1.27', 'negative'],
    ['a negative time', '-2000,1.25,1.27', 'negative'],
    ['no bid', '2000,0,1.27', 'one-sided'],
    ['no ask', '2000,1.25,0.00', 'one-sided'],
    ['more decimals than the increment', '2000,1.255,1.27', 'off-increment'],
    ['ask below bid', '2000,1.28,1.27', 'crossed'],
    ['time backwards', '999.9,1.25,1.27', 'out-of-order'],
    ['the same row again', good, 'duplicate'],
  ])('counts a pair with %s as its own reason and reads on', (_, row, reason) => {
    const { stats, rejected, out } = read('pair', [good, row, '3000,1.26,1.27']);
    expect(rejected).toEqual({ [reason]: 1 });
    expect(stats).toMatchObject({ read: 3, used: 2 });
    expect(out).toHaveLength(2);
  });

  it('makes a quote of a pair, and uses a locked one or one that repeats later', () => {
    const { out, rejected } = read('pair', ['0.0001,1.25,1.25', '5,1.25,1.25']);
    expect(rejected).toEqual({});
    expect(out[0]).toEqual({
      kind: 'quote',
      instrument: 3,
      exchangeTimeNs: 100,
      bidIncrements: 125,
      askIncrements: 125,
    });
  });

  it('pairs a bid row with the next ask row whatever the venue, or books come out crossed', () => {
    const { out, stats } = read('sides', ['7,491800,300,0,0,P,1,0', '7,0,0,492000,3000,Q,1,0']);
    expect(stats).toMatchObject({ read: 2, used: 2 });
    expect(out).toEqual([
      {
        kind: 'quote',
        instrument: 3,
        exchangeTimeNs: 7_000_000,
        bidIncrements: 4918,
        askIncrements: 4920,
        bidLots: 300,
        askLots: 3000,
      },
    ]);
  });

  it('leaves a size of zero out, as it is unknown', () => {
    const { out } = read('sides', ['7,491800,0,492000,0,P,1,0']);
    expect(out[0]).not.toHaveProperty('bidLots');
    expect(read('trade', ['7,491800,0,P,1,0']).out[0]).not.toHaveProperty('sizeLots');
  });

  const bid = '7,491800,300,0,0,P,1,0';
  const ask = '7,0,0,492000,300,P,1,0';
  it.each<[string, string[], Record<string, number>, number]>([
    ['an ask before any bid', [ask, bid, ask], { 'one-sided': 1 }, 1],
    ['two bids', [bid, bid, ask], { 'one-sided': 1 }, 1],
    ['a bid at the end', [bid, ask, bid], { 'one-sided': 1 }, 1],
    ['no side', ['7,0,0,0,0,P,1,0', bid, ask], { 'one-sided': 1 }, 1],
    ['a crossed pair', [bid, '7,0,0,491700,1,P,1,0'], { crossed: 2 }, 0],
    ['a flagged bid', ['7,491800,300,0,0,P,1,1', ask], { suspicious: 1, 'one-sided': 1 }, 0],
    ['another flag', ['7,491800,300,0,0,P,1,2', bid, ask], { malformed: 1 }, 1],
    ['a repeated pair', [bid, ask, bid, ask], { duplicate: 2 }, 1],
    ['the quote of another venue', [bid, ask, bid, '7,0,0,492000,300,Q,1,0'], {}, 2],
    ['an ask before its bid', [bid, '6,0,0,492000,1,P,1,0'], { 'out-of-order': 2 }, 0],
  ])('counts %s in rows', (_, rows, expected, quotes) => {
    const { rejected, out } = read('sides', rows);
    expect(rejected).toEqual(expected);
    expect(out).toHaveLength(quotes);
  });

  it('keeps trades that look alike, or volume is lost', () => {
    const row = '14584,491800,100,Q,20002020,0';
    const { out, stats } = read('trade', [row, row, '14584,491800,100,Q,20002020,1']);
    expect(out).toHaveLength(2);
    expect(stats.rejected.suspicious).toBe(1);
    expect(out[1]).toMatchObject({ kind: 'trade', priceIncrements: 4918, sizeLots: 100 });
  });

  it('accounts for every row of any input, or a report could hide losses', () => {
    const number = fc.constantFrom('0', '491800', '492000', '-1', 'NaN', '', '491850', '9');
    const flag = fc.constantFrom('0', '1', 'x');
    const row = fc
      .tuple(number, number, number, number, number, flag)
      .map(([t, b, bs, a, as, f]) => [t, b, bs, a, as, 'P', '1', f].join(','));
    const rows = fc.array(fc.oneof(row, fc.string()), { maxLength: 40 });
    fc.assert(
      fc.property(rows, fc.constantFrom('pair', 'sides', 'trade'), (lines, form) => {
        const { stats, out } = read(form, lines);
        const rejected = Object.values(stats.rejected).reduce((sum, count) => sum + count);
        expect(stats.read).toBe(lines.length);
        expect(stats.used + rejected).toBe(lines.length);
        for (const [at, tick] of out.slice(1).entries()) {
          expect(tick.exchangeTimeNs).toBeGreaterThanOrEqual(out[at]!.exchangeTimeNs);
        }
      }),
    );
  });
});
