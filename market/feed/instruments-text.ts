/** A table of instruments as JSON, as one process hands it to another; checked where it arrives. */
import { z } from 'zod';
import { OutriderError } from '#engine';
import { incrementOf } from '../decimal.ts';
import type { Instrument } from '../instrument.ts';

/** A table's JSON is at most this long. */
export const INSTRUMENTS_TEXT_BYTES_MAX = 512 * 1024;
const INSTRUMENTS_MAX = 1024;

const decimal = z.string().refine(isIncrement, "give a positive plain decimal such as '0.00001'");
const name = z.string().regex(/^[\x21-\x7e]{1,64}$/, 'give printable ASCII without spaces');

const instrument = z.strictObject({
  symbol: name,
  venueSymbol: name,
  priceIncrement: decimal,
  priceDecimals: z.int().min(0).max(12),
  lotSize: decimal,
  multiplier: z.int().positive(),
  baseCurrency: name,
  quoteCurrency: name,
  calendar: z.enum(['fx-week', 'us-equity', 'cme-globex', 'always']),
  timeZone: z.string().min(1).max(64),
  feePerMillion: z.int().nonnegative(),
  validFrom: z.iso.date(),
  validTo: z.iso.date(),
  inferred: z.boolean(),
}) satisfies z.ZodType<Instrument>;

const table = z
  .array(instrument)
  .min(1)
  .max(INSTRUMENTS_MAX)
  .refine(
    rows => new Set(rows.map(row => row.symbol)).size === rows.length,
    'a symbol stands twice',
  );

export function instrumentsText(instruments: readonly Instrument[]): string {
  return JSON.stringify(instruments);
}

/** Throws `bad-frame` naming the row, the field and what is expected there. */
export function readInstruments(text: string): Instrument[] {
  const result = table.safeParse(parse(text));
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const at = ['instruments', ...issue.path.map(String)].join('.');
  throw bad(`${at}: ${issue.message}`);
}

/** In words, how a table differs from the one that holds here; undefined where it does not. */
export function instrumentsDifference(
  given: readonly Instrument[],
  held: readonly Instrument[],
): string | undefined {
  for (const [index, row] of given.entries()) {
    const own = held[index];
    if (own?.symbol !== row.symbol) {
      const known = held.map(({ symbol }) => symbol).join(', ');
      return `instrument ${index} is ${row.symbol}; here they are ${known}`;
    }
    const field = (Object.keys(own) as (keyof Instrument)[]).find(name => own[name] !== row[name]);
    if (field !== undefined) {
      return `${field} of ${row.symbol} is ${row[field]}; here it is ${own[field]}`;
    }
  }
  const missing = held[given.length];
  return missing === undefined ? undefined : `${missing.symbol} is missing`;
}

function isIncrement(text: string): boolean {
  try {
    incrementOf(text);
    return true;
  } catch {
    return false;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw bad(`instruments: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function bad(problem: string): OutriderError {
  return new OutriderError('bad-frame', `${problem}; bring both sides to the same release`);
}
