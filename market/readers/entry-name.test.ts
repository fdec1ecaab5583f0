/** Entry names: without these tests, a recording could be taken for another day or symbol. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEntryName } from './entry-name.ts';

describe('entry name', () => {
  it.each([
    ['20140502_eurusd_tick_quote.csv', '2014-05-02', 'EURUSD', undefined, 'eurusd_tick_quote'],
    ['20131007_aig_Quote_Tick.csv', '2013-10-07', 'AIG', undefined, 'aig_quote_tick'],
    ['20131007_gc_tick_trade_201312.csv', '2013-10-07', 'GC', '201312', 'gc_tick_trade_201312'],
    ['a/b/20131007_brk.b_Trade_Tick.csv', '2013-10-07', 'BRK.B', undefined, 'brk.b_trade_tick'],
  ])('reads %s, or a file is given to the wrong day or symbol', (name, date, symbol, ...rest) => {
    const [expiry, stream] = rest;
    const expected = { date, symbol, stream };
    expect(parseEntryName(name)).toEqual(expiry ? { ...expected, expiry } : expected);
  });

  it.each(['eurusd.csv', '20140230_eurusd_tick_quote.csv', '2014_eurusd.csv', '20140502_.csv', ''])(
    'does not guess at %j',
    name => {
      expect(parseEntryName(name)).toBeUndefined();
    },
  );

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), name => void parseEntryName(`20140502_${name}.csv`)));
  });
});
