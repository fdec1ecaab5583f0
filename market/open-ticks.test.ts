/** Opening recordings: without these tests, wrong files could pass as a market. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { OutriderError } from '#engine';
import { type OpenedTicks, type OpenTicksOptions, openTicks } from './open-ticks.ts';
import { type TinyZipOptions, tinyZip } from './readers/tiny-zip.ts';
import type { ReadStats } from './reject.ts';
import type { Tick } from './tick.ts';

const DAY = '20140502';
const NS = 1_000_000;
const root = mkdtempSync(join(tmpdir(), 'open-ticks-'));
let folders = 0;
afterAll(() => rmSync(root, { recursive: true }));

/** A folder of the files; a value that is no buffer is packed under the usual entry name. */
function folder(name: string, files: Record<string, string | Buffer>): string {
  const path = join(root, String(folders++), name);
  mkdirSync(path, { recursive: true });
  for (const [file, content] of Object.entries(files)) {
    const [day] = file.split('_');
    const entry = `${day}_eurusd_tick_quote.csv`;
    const zip = typeof content === 'string' ? tinyZip({ [entry]: content }) : content;
    writeFileSync(join(path, file), zip);
  }
  return path;
}

async function readAll(opened: OpenedTicks): Promise<Tick[]> {
  const ticks: Tick[] = [];
  for await (const batch of opened.ticks) ticks.push(...batch);
  return ticks;
}

async function read(paths: string[], options: Omit<OpenTicksOptions, 'paths'> = {}) {
  const opened = await openTicks({ paths, ...options });
  const ticks = await readAll(opened);
  expectAllCounted(opened.stats);
  return { ...opened, stats: opened.stats, ticks };
}

function expectAllCounted(stats: ReadStats): void {
  const rejected = Object.values(stats.rejected).reduce((sum, count) => sum + count);
  expect(stats.read).toBe(stats.used + rejected);
}

/** Rows whose prices vary so that they do not pack to nothing. */
function quoteRows(count: number, firstMs = 0): string[] {
  return Array.from({ length: count }, (_, at) => {
    const bid = 138_000 + ((at * 7919) % 1000);
    return `${firstMs + at * 3},1.${bid % 100_000},1.${(bid % 100_000) + 3}\n`;
  });
}

describe('openTicks', () => {
  it('reads the days of a folder in order, from the midnight before the first tick', async () => {
    const path = folder('eurusd-oanda', {
      '20140505_quote.zip': '0,1.38,1.39\n',
      '20140502_quote.zip': '611,1.38626,1.38627\n',
    });
    const { originNs, instruments, ticks } = await read([path]);
    expect(originNs).toBe(BigInt(Date.UTC(2014, 4, 2)) * 1_000_000n);
    expect(instruments).toMatchObject([{ symbol: 'EURUSD', inferred: false }]);
    expect(ticks).toEqual([
      {
        kind: 'quote',
        instrument: 0,
        exchangeTimeNs: 611 * NS,
        bidIncrements: 138_626,
        askIncrements: 138_627,
      },
      {
        kind: 'quote',
        instrument: 0,
        exchangeTimeNs: 3 * 86_400_000 * NS,
        bidIncrements: 138_000,
        askIncrements: 139_000,
      },
    ]);
  });

  it('takes the zone from the folder, or from the user for all', async () => {
    const files = { [`${DAY}_quote.zip`]: '0,1.38,1.39\n' };
    const paths = [folder('eurusd-oanda', files), folder('eurusd-fxcm', files)];
    const { ticks, instruments, folders } = await read(paths);
    expect(instruments.map(({ symbol }) => symbol)).toEqual(['EURUSD', 'EURUSD.2']);
    expect(folders[1]).toMatch(/eurusd-fxcm$/);
    expect(ticks.map(tick => tick.exchangeTimeNs)).toEqual([0, 5 * 3_600_000 * NS]);
    const { originNs, ...forced } = await read(paths, { timeZone: '+05:30' });
    expect(originNs).toBe(BigInt(Date.UTC(2014, 4, 1)) * 1_000_000n);
    expect(forced.ticks.map(tick => tick.exchangeTimeNs)).toEqual([
      66_600_000 * NS,
      66_600_000 * NS,
    ]);
    expect(forced.instruments[0]?.timeZone).toBe('+05:30');
  });

  it('keeps files of one folder one instrument and merges its quotes and trades', async () => {
    const trades = tinyZip({ [`${DAY}_aig_Trade_Tick.csv`]: '2,491900,5,P,1,0\n' });
    const quotes = tinyZip({
      [`${DAY}_aig_Quote_Tick.csv`]:
        '1,491800,1,0,0,P,1,0\n1,0,0,492000,1,P,1,0\n3,491800,1,0,0,P,1,0\n3,0,0,492000,1,P,1,0\n',
    });
    const path = folder('aig', { [`${DAY}_trade.zip`]: trades, [`${DAY}_quote.zip`]: quotes });
    const files = [join(path, `${DAY}_trade.zip`), join(path, `${DAY}_quote.zip`)];
    for (const paths of [[path], files]) {
      const { ticks, instruments } = await read(paths);
      expect(instruments).toHaveLength(1);
      expect(ticks.map(({ kind }) => kind)).toEqual(['quote', 'trade', 'quote']);
    }
  });

  it('makes an instrument of each contract and reads those asked for', async () => {
    const zip = tinyZip({
      [`${DAY}_gc_tick_trade_201406.csv`]: '5,1313,1,usa,,0\n',
      [`${DAY}_gc_tick_trade_201408.csv`]: '4,1313.8,0,usa,,0\n',
      [`${DAY}_si_tick_trade_201408.csv`]: '4,19.555,2,usa,,0\n',
    });
    const paths = [folder('metals', { [`${DAY}_trade.zip`]: zip })];
    const all = await read(paths);
    expect(all.instruments.map(({ symbol }) => symbol)).toEqual([
      'GC-201406',
      'GC-201408',
      'SI-201408',
    ]);
    expect(all.ticks.map(tick => tick.instrument)).toEqual([1, 2, 0]);
    expect(all.ticks[2]).toMatchObject({ priceIncrements: 13_130, sizeLots: 1 });
    const some = await read(paths, { symbols: ['gc'] });
    expect(some.instruments).toHaveLength(2);
    const one = await read(paths, { symbols: ['SI-201408'] });
    expect(one.instruments).toMatchObject([{ priceIncrement: '0.001', inferred: true }]);
    await expect(openTicks({ paths, symbols: ['PL'] })).rejects.toThrow(/'PL'.*GC-201406/);
  });

  it('infers an unlisted instrument from its first 1,000 rows and rejects finer ones', async () => {
    const rows = [...quoteRows(1000), '4000,1.386265,1.38628\n', '4001,1.38626,1.38628\n'];
    const zip = tinyZip({ [`${DAY}_gbpxyz_tick_quote.csv`]: rows.join('') });
    const { instruments, stats } = await read([folder('fx', { [`${DAY}_quote.zip`]: zip })]);
    expect(instruments[0]).toMatchObject({
      symbol: 'GBPXYZ',
      baseCurrency: 'GBP',
      quoteCurrency: 'XYZ',
      priceIncrement: '0.00001',
      priceDecimals: 5,
      inferred: true,
    });
    expect(stats).toMatchObject({ read: 1002, used: 1001, rejected: { 'off-increment': 1 } });
  });

  it('refuses what cannot be a run, naming it', async () => {
    const fx = folder('fx', { [`${DAY}_quote.zip`]: '0,1.38,1.39\n' });
    const late = folder('late', { '20150502_quote.zip': '0,1.38,1.39\n' });
    const cases: [Partial<OpenTicksOptions>, RegExp][] = [
      [{ paths: [] }, /no path/],
      [{ paths: ['nowhere/at-all'] }, /nowhere\/at-all does not exist/],
      [{ paths: [folder('empty', {})] }, /empty holds no \*_quote\.zip/],
      [{ paths: [fx, fx] }, /given twice/],
      [{ paths: [fx, late] }, /span 2014-05-02 to 2015-05-02/],
      [{ timeZone: 'Mars/Olympus' }, /Mars\/Olympus/],
      [{ originNs: BigInt(Date.UTC(2014, 4, 3)) * 1_000_000n }, /first tick/],
    ];
    for (const [options, message] of cases) {
      const opening = openTicks({ paths: [fx], ...options });
      await expect(opening).rejects.toThrow(message);
      await expect(opening).rejects.toMatchObject({ code: 'bad-usage' });
    }
  });
});

describe('openTicks on broken files', () => {
  const rows = quoteRows(20_000);
  const whole = tinyZip({ [`${DAY}_eurusd_tick_quote.csv`]: rows.join('') });
  const broken = (zip: Buffer) => folder('broken', { [`${DAY}_quote.zip`]: zip });

  it.each<[string, Buffer | string, RegExp]>([
    ['no zip', Buffer.from('this is no zip'), /_quote\.zip is no whole zip/],
    ['an empty file', Buffer.alloc(0), /_quote\.zip is no whole zip/],
    ['a zip of nothing', tinyZip({}), /holds no entries/],
    [
      'an entry without date',
      tinyZip({ 'ticks.csv': '0,1,2\n' }),
      /"ticks\.csv".*no date.*Name it/,
    ],
    ['wrong columns everywhere', '1,2\n3,4\n', /entry 20140502_.*row 1 "1,2".*3 columns/],
    ['no rows', '', /holds no rows/],
    ['only crossed rows', '1,1.39,1.38\n', /none of 1 rows can be used \(1 crossed\)/],
  ])('says what is wrong with %s', async (_, content, message) => {
    const opening = openTicks({ paths: [folder('broken', { [`${DAY}_quote.zip`]: content })] });
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.toBeInstanceOf(OutriderError);
    await expect(opening).rejects.toMatchObject({ code: 'bad-data' });
  });

  it.each<[string, TinyZipOptions]>([
    ['deflated', {}],
    ['stored', { stored: true }],
    ['streamed, sizes behind the bytes', { sizesBehind: true }],
  ])('uses the rows before the cut of a truncated zip, %s', async (_, options) => {
    const zip = tinyZip({ [`${DAY}_eurusd_tick_quote.csv`]: rows.join('') }, options);
    const cut = zip.subarray(0, Math.floor(zip.length * 0.6));
    const { ticks, stats } = await read([broken(cut)]);
    expect(ticks.length).toBeGreaterThan(rows.length / 3);
    expect(ticks.length).toBeLessThan(rows.length);
    expect(stats.errors[0]).toMatch(/no whole zip.*fetch it again/);
    const full = await read([broken(whole)]);
    expect(ticks).toEqual(full.ticks.slice(0, ticks.length));
  });

  it('reads the same rows of a truncated zip each time, or a replay would differ', async () => {
    const path = broken(whole.subarray(0, Math.floor(whole.length * 0.7)));
    const counts = [];
    for (let run = 0; run < 5; run++) counts.push((await read([path])).stats);
    for (const stats of counts) expect(stats).toEqual(counts[0]);
  });

  it('saves all days of a zip that only lost its directory', async () => {
    const zip = tinyZip({
      [`${DAY}_gc_tick_trade_201406.csv`]: '5,1313,1,usa,,0\n',
      [`${DAY}_gc_tick_trade_201408.csv`]: '4,1313.8,1,usa,,0\n',
    });
    const { ticks, stats } = await read([broken(zip.subarray(0, zip.length - 30))]);
    expect(ticks).toHaveLength(2);
    expect(stats.errors).toHaveLength(1);
  });

  it('goes on with the next day after damage, and counts it', async () => {
    const wrongSum = tinyZip(
      { [`${DAY}_eurusd_tick_quote.csv`]: rows.join('') },
      {
        wrongChecksum: true,
      },
    );
    const path = folder('days', {
      '20140501_quote.zip': Buffer.from('no zip'),
      '20140502_quote.zip': wrongSum,
      '20140504_quote.zip': '1,2\n3,4\n',
      '20140505_quote.zip': '0,1.38,1.39\n',
    });
    const { ticks, stats } = await read([path]);
    expect(ticks).toHaveLength(rows.length + 1);
    expect(stats.rejected.malformed).toBe(2);
    expect(stats.errors).toHaveLength(3);
    expect(stats.errors.join('\n')).toMatch(/20140501.*no whole zip/);
    expect(stats.errors.join('\n')).toMatch(/20140502.*after row 20000.*checksum/);
    expect(stats.errors.join('\n')).toMatch(/20140504.*none of its 2 rows/);
  });

  it('never crashes, hangs or miscounts on bytes changed at random', async () => {
    const flips = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(
        flips,
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        async (edits, part) => {
          const bytes = Buffer.from(whole.subarray(0, Math.ceil(whole.length * part)));
          for (const [at, value] of edits) bytes[at % bytes.length] = value;
          const path = broken(bytes);
          const opened = await openTicks({ paths: [path] }).catch((error: unknown) => error);
          if (opened instanceof Error) {
            expect(opened).toBeInstanceOf(OutriderError);
            return;
          }
          const result = opened as OpenedTicks;
          await readAll(result);
          expectAllCounted(result.stats);
        },
      ),
      { numRuns: 60 },
    );
  });
});
