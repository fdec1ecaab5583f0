/** The instrument of a recording no reference row lists, from what its first rows show. */
import type { Instrument } from './instrument.ts';
import type { LeanLayout } from './readers/lean-layout.ts';
import { contractNames, type InstrumentQuery } from './reference-data.ts';

/** Finer decimals than any market's are noise of the recorder. */
const DECIMALS_MAX = 9;

/**
 * Price increment and lot are the finest decimals seen. Fee 0, multiplier 1, zone UTC and the
 * calendar that never closes are assumed, so whoever reports figures of it says `inferred`.
 */
export function inferInstrument(query: InstrumentQuery, layout: LeanLayout): Instrument {
  const { symbol, expiry, date } = query;
  const pair = layout.form === 'pair' ? /^([A-Z]{3})([A-Z]{3})$/.exec(symbol) : null;
  const priceDecimals = Math.min(layout.priceDecimals, DECIMALS_MAX);
  return {
    ...contractNames(symbol, symbol, expiry),
    priceIncrement: increment(priceDecimals),
    priceDecimals,
    lotSize: increment(Math.min(layout.sizeDecimals, DECIMALS_MAX)),
    multiplier: 1,
    baseCurrency: pair?.[1] ?? symbol,
    quoteCurrency: pair?.[2] ?? 'USD',
    calendar: 'always',
    timeZone: 'UTC',
    feePerMillion: 0,
    validFrom: date,
    validTo: '2099-12-31',
    inferred: true,
  };
}

function increment(decimals: number): string {
  return decimals === 0 ? '1' : `0.${'1'.padStart(decimals, '0')}`;
}
