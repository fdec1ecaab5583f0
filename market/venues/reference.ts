/** Reference data of a feed's instruments: from the venue, or as they were given. */
import { OutriderError } from '#engine';
import { incrementOf } from '../decimal.ts';
import type { Instrument } from '../instrument.ts';
import { httpGet } from './http-get.ts';
import type { ReferenceTerms, Venue } from './venue.ts';

export type ReferenceOptions = {
  venue: Venue;
  symbols: readonly string[];
  /** Where the venue's HTTP is. */
  restUrl: string;
  /** Of the options, by the venue's symbol: nothing is asked for those. */
  given: ReadonlyMap<string, ReferenceTerms>;
  /** ISO date of today: reference data hold from then on. */
  date: string;
};

/** @throws OutriderError `network` where the venue does not answer, `bad-config` for no symbol. */
export async function fetchInstruments(options: ReferenceOptions): Promise<Instrument[]> {
  const instruments: Instrument[] = [];
  // One after the other: venues limit requests a second.
  for (const symbol of options.symbols) {
    const terms = options.given.get(symbol) ?? (await fetchTerms(options, symbol));
    instruments.push(instrumentOf(symbol, terms, options.date));
  }
  return instruments;
}

async function fetchTerms(
  { venue, restUrl }: ReferenceOptions,
  symbol: string,
): Promise<ReferenceTerms> {
  const answer = await httpGet(`${restUrl}${venue.referencePath(symbol)}`);
  const remedy = `or give --feed-instrument ${symbol}=PRICE_INCREMENT:LOT`;
  if (answer.kind === 'failed') {
    const wait = answer.retryAfterNs === undefined ? '' : ` (wait ${answer.retryAfterNs / 1e9} s)`;
    throw new OutriderError(
      'network',
      `feed ${venue.name}:${symbol}: reference data: ${answer.reason}${wait}; try later, ${remedy}`,
    );
  }
  const terms = readTerms(venue, answer.text, symbol);
  if (terms === undefined) {
    throw new OutriderError(
      'bad-config',
      `feed ${venue.name}:${symbol}: ${venue.title} lists no such symbol; check it, ${remedy}`,
    );
  }
  return terms;
}

function readTerms(venue: Venue, text: string, symbol: string): ReferenceTerms | undefined {
  try {
    const terms = venue.readReference(JSON.parse(text), symbol);
    if (terms === undefined) return undefined;
    const [priceIncrement, lotSize] = [terms.priceIncrement, terms.lotSize].map(shortest);
    return { ...terms, priceIncrement: priceIncrement!, lotSize: lotSize! };
  } catch {
    return undefined;
  }
}

/** `0.01000000` is `0.01`; throws for what is no increment. */
function shortest(text: string): string {
  const plain = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  incrementOf(plain);
  return plain;
}

/** `BTC-USD=0.01:0.00000001`. @throws OutriderError `bad-usage` naming what is wrong. */
export function parseFeedInstrument(text: string, venue: Venue): [string, ReferenceTerms] {
  const match = /^([^=]+)=([\d.]+):([\d.]+)$/.exec(text);
  if (match === null) {
    const form = 'give SYMBOL=PRICE_INCREMENT:LOT, such as BTC-USD=0.01:0.00000001';
    throw new OutriderError('bad-usage', `feedInstrument: ${text}; ${form}`);
  }
  const symbol = venue.symbolOf(match[1]!);
  const [priceIncrement, lotSize] = [match[2]!, match[3]!];
  incrementOf(priceIncrement, `feedInstrument: ${symbol}: price increment`);
  incrementOf(lotSize, `feedInstrument: ${symbol}: lot`);
  const [baseCurrency = symbol, quoteCurrency = 'USD'] = symbol.split(/[-/]/);
  return [symbol, { priceIncrement, lotSize, baseCurrency, quoteCurrency }];
}

/** Markets that never close; what they charge depends on who trades, so it counts as 0. */
function instrumentOf(venueSymbol: string, terms: ReferenceTerms, date: string): Instrument {
  return {
    symbol: venueSymbol.replace(/[/_]/g, '-'),
    venueSymbol,
    ...terms,
    priceDecimals: incrementOf(terms.priceIncrement).decimals,
    ...{ multiplier: 1, calendar: 'always', timeZone: 'UTC', feePerMillion: 0 },
    ...{ validFrom: date, validTo: '2099-12-31', inferred: false },
  };
}
