/** Names of feeds and reference data: without these tests HOST:PORT could pass for an exchange. */
import { describe, expect, it } from 'vitest';
import { parseFeedInstrument } from './reference.ts';
import { VENUE_NAMES } from './venue.ts';
import { namesExchange, parseExchangeFeed, venueOf } from './venues.ts';

describe('the name of a feed', () => {
  it.each([
    ['coinbase:BTC-USD', true],
    ['kraken:XBT/USD,ETH/USD', true],
    ['okx:BTC-USDT-SWAP', true],
    ['coinbase', true],
    ['coinbase:', true],
    // A machine may be called so.
    ['coinbase:7002', false],
    ['127.0.0.1:7002', false],
    ['localhost:7002', false],
    ['nasdaq:AAPL', false],
  ])('%s names an exchange: %s', (text, is) => {
    expect(namesExchange(text)).toBe(is);
  });

  it('gives the symbols as the venue writes them', () => {
    expect(parseExchangeFeed('coinbase:btc-usd,eth-usd').symbols).toEqual(['BTC-USD', 'ETH-USD']);
    expect(parseExchangeFeed('kraken:xbt-usd').symbols).toEqual(['XBT/USD']);
    expect(parseExchangeFeed('binance:btcusdt').venue.name).toBe('binance');
  });

  it.each([
    ['coinbase', "'' is no symbol"],
    ['coinbase:', "'' is no symbol"],
    ['coinbase:BTC USD', "'BTC USD' is no symbol"],
    ['coinbase:BTC-USD,btc-usd', 'BTC-USD is given twice'],
    ['nasdaq:AAPL', 'exchanges are coinbase, kraken'],
    [`okx:${Array.from({ length: 51 }, (_, at) => `A${at}`)}`, 'at most 50'],
  ])('%s is refused: %s', (text, why) => {
    expect(() => parseExchangeFeed(text)).toThrow(why);
  });
});

const ANSWERS: Record<string, [symbol: string, answer: object]> = {
  coinbase: [
    'BTC-USD',
    {
      ...{ id: 'BTC-USD', quote_increment: '0.01', base_increment: '0.001' },
      ...{ base_currency: 'BTC', quote_currency: 'USD' },
    },
  ],
  kraken: [
    'BTC/USD',
    { error: [], result: { X: { wsname: 'BTC/USD', tick_size: '0.01', lot_decimals: 3 } } },
  ],
  binance: ['BTCUSD', { symbols: [symbolOf('LTCUSD', '5'), symbolOf('BTCUSD', '0.01000000')] }],
  'binance-usdm': ['BTCUSD', { symbols: [symbolOf('BTCUSD', '0.01')] }],
  bybit: ['BTCUSD', { result: { list: [bybitOf({ basePrecision: '0.001' })] } }],
  'bybit-linear': ['BTCUSD', { result: { list: [bybitOf({ qtyStep: '0.001' })] } }],
  okx: ['BTC-USD', { data: [{ instId: 'BTC-USD', tickSz: '0.01', lotSz: '0.001' }] }],
};

function symbolOf(symbol: string, tickSize: string) {
  const filters = [
    { filterType: 'PRICE_FILTER', tickSize },
    { filterType: 'LOT_SIZE', stepSize: '0.001' },
  ];
  return { symbol, baseAsset: 'BTC', quoteAsset: 'USD', filters };
}

function bybitOf(lotSizeFilter: object) {
  const coins = { baseCoin: 'BTC', quoteCoin: 'USD' };
  return { symbol: 'BTCUSD', ...coins, priceFilter: { tickSize: '0.01' }, lotSizeFilter };
}

describe('reference data', () => {
  it.each(VENUE_NAMES)('of %s are read, and those of another symbol are not taken for it', name => {
    const [symbol, answer] = ANSWERS[name]!;
    const venue = venueOf(name);
    const terms = venue.readReference(answer, symbol)!;
    expect(Number(terms.priceIncrement)).toBe(0.01);
    expect(terms).toMatchObject({ lotSize: '0.001', baseCurrency: 'BTC', quoteCurrency: 'USD' });
    for (const other of [{}, null, [], { result: null }, { symbols: [{}] }, { data: [null] }]) {
      expect(venue.readReference(other, symbol)).toBeUndefined();
    }
    expect(venue.readReference(answer, 'LTC-EUR')).toBeUndefined();
    expect(venue.referencePath(symbol)).toMatch(/^\//);
  });

  it('may be given, exactly and by the venue’s symbol', () => {
    const [symbol, terms] = parseFeedInstrument('xbt-usd=0.1:0.00000001', venueOf('kraken'));
    expect(symbol).toBe('XBT/USD');
    expect(terms).toMatchObject({ priceIncrement: '0.1', lotSize: '0.00000001' });
    for (const bad of ['BTC-USD', 'BTC-USD=0.1', 'BTC-USD=0:1', 'BTC-USD=x:1', '=1:1']) {
      expect(() => parseFeedInstrument(bad, venueOf('coinbase'))).toThrow(
        /feedInstrument|increment/,
      );
    }
  });
});
