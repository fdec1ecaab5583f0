/** Reference data as records of a topic: an instrument a record, its symbol the key. */
import { DAY_NS, OutriderError } from '#engine';
import { field, recordSchema } from '#engine/schema';
import { readInstruments } from './feed/instruments-text.ts';
import type { Instrument } from './instrument.ts';

/** A row of reference data, and the UTC midnight that its publisher counts times from. */
export type InstrumentRecord = { readonly instrument: Instrument; readonly originNs: bigint };

const { text, integer, flag, oneOf } = field;
const NAME_BYTES = 64;

/** Written by whoever publishes ticks, before the first of them; read by edges at their start. */
export const instrumentSchema = recordSchema({
  name: 'market.instrument',
  versions: [
    {
      originDay: integer,
      symbol: text(NAME_BYTES),
      venueSymbol: text(NAME_BYTES),
      priceIncrement: text(NAME_BYTES),
      priceDecimals: integer,
      lotSize: text(NAME_BYTES),
      multiplier: integer,
      baseCurrency: text(NAME_BYTES),
      quoteCurrency: text(NAME_BYTES),
      calendar: oneOf('fx-week', 'us-equity', 'cme-globex', 'always'),
      timeZone: text(NAME_BYTES),
      feePerMillion: integer,
      validFrom: text(NAME_BYTES),
      validTo: text(NAME_BYTES),
      inferred: flag,
    },
  ],
});

export function encodeInstrument({ instrument, originNs }: InstrumentRecord): Uint8Array {
  const originDay = Number(originNs / BigInt(DAY_NS));
  return instrumentSchema.codec.encode({ originDay, ...instrument });
}

/** Throws `bad-data` for bytes that are no row of reference data. */
export function decodeInstrument(bytes: Uint8Array): InstrumentRecord {
  const { originDay, ...row } = instrumentSchema.codec.decode(bytes);
  try {
    const [instrument] = readInstruments(JSON.stringify([row]));
    return { instrument: instrument!, originNs: BigInt(originDay) * BigInt(DAY_NS) };
  } catch (cause) {
    const message = `instrument ${row.symbol}: ${(cause as Error).message}`;
    throw new OutriderError('bad-data', message, { cause });
  }
}
