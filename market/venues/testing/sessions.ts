/** Raw sessions of exchanges as they were recorded: a time and what was received, a line each. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Instrument } from '../../instrument.ts';

export type RecordedMessage = { unixNs: bigint; text: string };

const LINE = /^(\d+)\.(\d{1,9})\d*: (.*)$/;

/** What the exchange sent, in order. */
export function recordedSession(folder: string, name: string): RecordedMessage[] {
  const text = gunzipSync(readFileSync(join(folder, name))).toString();
  return text.split('\n').flatMap(line => {
    const [, seconds, fraction, message] = LINE.exec(line) ?? [];
    if (seconds === undefined || fraction === undefined || message === undefined) return [];
    return [{ unixNs: BigInt(seconds + fraction.padEnd(9, '0')), text: message }];
  });
}

/** An instrument of a recorded session, whose reference data were not recorded. */
export function testInstrument(
  venueSymbol: string,
  priceIncrement: string,
  lotSize: string,
): Instrument {
  const [baseCurrency = venueSymbol, quoteCurrency = 'USD'] = venueSymbol.split(/[-/]/);
  return {
    ...{ symbol: venueSymbol.replace('/', '-'), venueSymbol, priceIncrement, lotSize },
    ...{ priceDecimals: priceIncrement.split('.')[1]?.length ?? 0, multiplier: 1 },
    ...{ baseCurrency, quoteCurrency, calendar: 'always', timeZone: 'UTC', feePerMillion: 0 },
    ...{ validFrom: '2020-01-01', validTo: '2099-12-31', inferred: false },
  };
}
