/** The exchanges whose feeds are known by name, and `EXCHANGE:SYMBOL,...` as options give it. */
import { OutriderError } from '#engine';
import { binanceUsdmVenue, binanceVenue } from './binance.ts';
import { bybitLinearVenue, bybitVenue } from './bybit.ts';
import { coinbaseVenue } from './coinbase.ts';
import { krakenVenue } from './kraken.ts';
import { okxVenue } from './okx.ts';
import { VENUE_NAMES, type Venue, type VenueName } from './venue.ts';

const VENUES: Readonly<Record<VenueName, () => Venue>> = {
  coinbase: () => coinbaseVenue(),
  kraken: () => krakenVenue(),
  binance: binanceVenue,
  'binance-usdm': binanceUsdmVenue,
  bybit: bybitVenue,
  'bybit-linear': bybitLinearVenue,
  okx: okxVenue,
};

export const venueOf = (name: VenueName): Venue => VENUES[name]();

export type ExchangeFeed = { venue: Venue; symbols: string[] };

/** Instruments of one feed: they share a connection. */
const SYMBOLS_MAX = 50;
const SYMBOL = /^[A-Za-z0-9][A-Za-z0-9/._-]{0,31}$/;

/** Whether an option names an exchange, and not HOST:PORT: a symbol is more than digits. */
export function namesExchange(text: string): boolean {
  const [name, rest] = halves(text);
  return isVenue(name) && !/^\d+$/.test(rest);
}

/** @throws OutriderError `bad-usage` naming what is wrong with the text and what would do. */
export function parseExchangeFeed(text: string): ExchangeFeed {
  const [name, rest] = halves(text);
  if (!isVenue(name)) {
    throw bad(`feed: ${text}; give EXCHANGE:SYMBOL, exchanges are ${VENUE_NAMES.join(', ')}`);
  }
  const given = rest.split(',');
  const odd = given.find(symbol => !SYMBOL.test(symbol));
  if (odd !== undefined) {
    throw bad(`feed: ${text}; '${odd.slice(0, 40)}' is no symbol, give such as ${name}:BTC-USD`);
  }
  if (given.length > SYMBOLS_MAX) {
    throw bad(`feed: ${given.length} symbols; one connection carries at most ${SYMBOLS_MAX}`);
  }
  const venue = venueOf(name);
  const symbols = given.map(venue.symbolOf);
  const twice = symbols.find((symbol, at) => symbols.indexOf(symbol) !== at);
  if (twice !== undefined) throw bad(`feed: ${twice} is given twice: name it once`);
  return { venue, symbols };
}

function halves(text: string): [name: string, rest: string] {
  const colon = text.indexOf(':');
  return colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
}

const isVenue = (name: string): name is VenueName =>
  (VENUE_NAMES as readonly string[]).includes(name);

const bad = (message: string) => new OutriderError('bad-usage', message);
