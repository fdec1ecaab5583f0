/** The mid on the screen: one that is wrong makes every decision beside it look wrong. */
import { expect, it } from 'vitest';
import type { Instrument, Quote } from '#market';
import { midText } from './mid-text.ts';

const TERMS: Omit<Instrument, 'priceIncrement'> = {
  ...{ symbol: 'ANY', venueSymbol: 'ANY', priceDecimals: 2, lotSize: '1', multiplier: 1 },
  ...{ baseCurrency: 'EUR', quoteCurrency: 'USD', calendar: 'always', timeZone: 'UTC' },
  ...{ feePerMillion: 0, validFrom: '2014-01-01', validTo: '2099-12-31', inferred: false },
};

it.each([
  ['0.00001', 138_412, 138_413, '1.384125'],
  ['0.25', 4001, 4002, '1000.375'],
  ['0.01', 999, 1001, '10.000'],
  ['5', 3, 4, '17.5'],
  ['0.1', -3, -2, '-0.25'],
])('in steps of %s, between %i and %i, is %s', (priceIncrement, bid, ask, expected) => {
  const instrument: Instrument = { ...TERMS, priceIncrement };
  const quote: Quote = {
    ...{ kind: 'quote', instrument: 0, exchangeTimeNs: 0, bidIncrements: bid, askIncrements: ask },
  };
  expect(midText(instrument, quote)).toBe(expected);
  expect(midText(instrument, undefined)).toBe('');
});
