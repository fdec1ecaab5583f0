/** The reference file of instruments, checked when it is read, and the row that holds on a day. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { OutriderError } from '#engine';
import { incrementOf } from './decimal.ts';
import type { Instrument } from './instrument.ts';

const decimal = z.string().refine(isIncrement, "a positive plain decimal such as '0.00001'");
const code = z.string().regex(/^[A-Z0-9.-]{1,32}$/, 'upper-case letters and digits, at most 32');

const row = z.strictObject({
  symbol: code,
  /** The row is for recordings whose folder's name contains this, before a row without it. */
  source: z
    .string()
    .regex(/^[a-z0-9.-]{1,32}$/, 'part of a folder name, lower case')
    .optional(),
  venueSymbol: z.string().regex(/^[\x21-\x7e]{1,32}$/, 'printable ASCII without spaces'),
  priceIncrement: decimal,
  lotSize: decimal,
  multiplier: z.int().positive(),
  baseCurrency: code,
  quoteCurrency: code,
  calendar: z.enum(['fx-week', 'us-equity', 'cme-globex', 'always']),
  timeZone: z.string().min(1),
  feePerMillion: z.int().nonnegative(),
  validFrom: z.iso.date(),
  validTo: z.iso.date(),
});

/** One row of the reference file: an instrument at a kind of source, over some days. */
export type ReferenceRow = z.infer<typeof row>;

export type InstrumentQuery = {
  /** `EURUSD`; for a future its root, `GC`. */
  symbol: string;
  /** ISO date of the first recorded day. */
  date: string;
  /** Name of the folder the recording lies in. */
  folder?: string;
  /** Month a future expires in, `201312`. */
  expiry?: string;
};

const SHIPPED = new URL('./reference-data/instruments.json', import.meta.url);
const MONTH_CODES = 'FGHJKMNQUVXZ';

/** @throws OutriderError `bad-config` naming the row, the field and what is expected there. */
export function loadReferenceData(file: string | URL = SHIPPED): ReferenceRow[] {
  const result = z.array(row).safeParse(readJson(file));
  if (!result.success) {
    const issue = result.error.issues[0]!;
    throw bad(file, `row ${issue.path.map(String).join(', field ')}: ${issue.message}`);
  }
  const rows = result.data;
  for (const [index, later] of rows.entries()) {
    if (later.validFrom > later.validTo) {
      throw bad(file, `row ${index}: validFrom ${later.validFrom} is after ${later.validTo}`);
    }
    const earlier = rows.slice(0, index).findIndex(other => overlaps(other, later));
    if (earlier >= 0) {
      throw bad(file, `rows ${earlier} and ${index} both hold ${later.symbol} on some day`);
    }
  }
  return rows;
}

/** The instrument the reference rows hold for a recording; undefined where none lists it. */
export function referenceInstrument(
  rows: readonly ReferenceRow[],
  query: InstrumentQuery,
): Instrument | undefined {
  const folder = query.folder?.toLowerCase() ?? '';
  const fitting = rows.filter(
    candidate =>
      candidate.symbol === query.symbol &&
      candidate.validFrom <= query.date &&
      query.date <= candidate.validTo &&
      folder.includes(candidate.source ?? ''),
  );
  const found = fitting.find(candidate => candidate.source !== undefined) ?? fitting[0];
  if (found === undefined) return undefined;
  const { source: _, ...fields } = found;
  const priceDecimals = incrementOf(fields.priceIncrement).decimals;
  const contract = contractNames(query.symbol, fields.venueSymbol, query.expiry);
  return { ...fields, ...contract, priceDecimals, inferred: false };
}

/** Names of a contract: `GC-201312` in the product, `GCZ3` at the venue. */
export function contractNames(symbol: string, venueSymbol: string, expiry?: string) {
  if (expiry === undefined) return { symbol, venueSymbol };
  const month = MONTH_CODES[Number(expiry.slice(4)) - 1];
  return { symbol: `${symbol}-${expiry}`, venueSymbol: `${venueSymbol}${month}${expiry[3]}` };
}

function overlaps(a: ReferenceRow, b: ReferenceRow): boolean {
  const same = a.symbol === b.symbol && a.source === b.source;
  return same && a.validFrom <= b.validTo && b.validFrom <= a.validTo;
}

function isIncrement(text: string): boolean {
  try {
    incrementOf(text);
    return true;
  } catch {
    return false;
  }
}

function readJson(file: string | URL): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw bad(file, error instanceof Error ? error.message : String(error));
  }
}

function bad(file: string | URL, problem: string): OutriderError {
  const remedy = 'Correct the file or leave the option out to use the shipped one.';
  return new OutriderError('bad-config', `Reference file ${file}: ${problem}. ${remedy}`);
}
