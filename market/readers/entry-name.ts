/** What the name of a zip entry says: `20131007_gc_tick_trade_201312.csv` is GC, December 2013. */

export type EntryName = {
  /** Local day of the rows, `2013-10-07`. */
  date: string;
  /** Upper case: `GC`. */
  symbol: string;
  /** Month a future expires in, `201312`; absent for anything else. */
  expiry?: string;
  /** The name without its date: the same for one stream over all days. */
  stream: string;
};

const NAME = /^(\d{4})(\d{2})(\d{2})_(([a-z0-9.-]{1,32})(?:_[a-z0-9.-]{1,32}){0,6})\.csv$/i;
const EXPIRY = /_(\d{4}(?:0[1-9]|1[0-2]))(?:\d{2})?$/;

/** Undefined where the name does not begin with a date and a symbol. */
export function parseEntryName(name: string): EntryName | undefined {
  const base = name.slice(name.lastIndexOf('/') + 1);
  const [, year, month, day, stream = '', symbol = ''] = NAME.exec(base) ?? [];
  const date = `${year}-${month}-${day}`;
  if (!isDate(date)) return undefined;
  const expiry = EXPIRY.exec(stream)?.[1];
  return {
    date,
    symbol: symbol.toUpperCase(),
    ...(expiry === undefined ? {} : { expiry }),
    stream: stream.toLowerCase(),
  };
}

function isDate(date: string): boolean {
  const unixMs = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(unixMs) && new Date(unixMs).toISOString().startsWith(date);
}
