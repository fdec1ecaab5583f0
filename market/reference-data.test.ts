/** Reference data: without these tests, a wrong tick size or zone would go unseen. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadReferenceData, referenceInstrument } from './reference-data.ts';

const rows = loadReferenceData();
const date = '2014-05-02';

const root = mkdtempSync(join(tmpdir(), 'reference-data-'));
afterAll(() => rmSync(root, { recursive: true }));

function written(content: unknown): string {
  const file = join(root, 'instruments.json');
  writeFileSync(file, JSON.stringify(content));
  return file;
}

describe('reference data', () => {
  it.each([
    ['EURUSD', '0.00001', '1000', 5],
    ['XAUUSD', '0.001', '1', 3],
    ['AIG', '0.01', '1', 2],
    ['BAC', '0.01', '1', 2],
    ['SIMA', '0.01', '100', 2],
    ['SIMB', '0.01', '100', 2],
  ])('lists %s with increment %s and lot %s', (symbol, priceIncrement, lotSize, priceDecimals) => {
    const found = referenceInstrument(rows, { symbol, date });
    expect(found).toMatchObject({ symbol, priceIncrement, lotSize, priceDecimals });
    expect(found?.inferred).toBe(false);
  });

  it('tells venues of one symbol apart by their folder, or FXCM is five hours off', () => {
    const zone = (folder: string) =>
      referenceInstrument(rows, { symbol: 'EURUSD', date, folder })?.timeZone;
    expect(zone('eurusd-FXCM')).toBe('-05:00');
    expect(zone('eurusd-oanda')).toBe('UTC');
    const bitcoin = { symbol: 'BTCUSDT', date: '2024-08-08' };
    const increment = (folder: string) =>
      referenceInstrument(rows, { ...bitcoin, folder })?.priceIncrement;
    expect([increment('usdm'), increment('spot')]).toEqual(['0.10', '0.01']);
    expect(referenceInstrument(rows, bitcoin)).toBeUndefined();
  });

  it('makes a contract of a future: its month in its names, 100 ounces each', () => {
    const found = referenceInstrument(rows, { symbol: 'GC', date, expiry: '201412' });
    expect(found).toMatchObject({ symbol: 'GC-201412', venueSymbol: 'GCZ4', multiplier: 100 });
  });

  it('holds only from validFrom to validTo, or an old tick size is used for new data', () => {
    const [first] = rows;
    const old = { ...first!, validTo: '2014-05-01' };
    const young = { ...first!, validFrom: '2014-05-02', priceIncrement: '0.0001' };
    const on = (day: string) =>
      referenceInstrument([old, young], { symbol: 'EURUSD', date: day })?.priceIncrement;
    expect([on('2014-05-01'), on('2014-05-02')]).toEqual(['0.00001', '0.0001']);
    expect(on('1999-01-01')).toBeUndefined();
  });

  it('names file, row, field and remedy of a bad file', () => {
    const [first] = rows;
    const wrong = written([first, { ...first, symbol: 'X', priceIncrement: '1e-5' }]);
    expect(() => loadReferenceData(wrong)).toThrow(
      /instruments\.json: row 1, field priceIncrement: .*0\.00001.*Correct/,
    );
    expect(() => loadReferenceData(written([first, first]))).toThrow(/rows 0 and 1 both hold/);
    expect(() => loadReferenceData(written([{ ...first, validTo: '2000-01-01' }]))).toThrow(
      /after/,
    );
    expect(() => loadReferenceData('missing.json')).toThrow(/missing\.json/);
  });
});
