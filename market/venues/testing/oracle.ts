/** Books as plain maps of texts: what a venue has, kept apart from the code under test. */

export type OracleBook = { bids: Map<string, string>; asks: Map<string, string>; update: number };

/** By the venue's symbol. */
export type Oracle = Map<string, OracleBook>;

export type Rows = readonly (readonly string[])[];

export function setAll(oracle: Oracle, symbol: string, rows: { bids: Rows; asks: Rows }): void {
  const book = { bids: new Map(), asks: new Map(), update: oracle.get(symbol)?.update ?? 0 };
  oracle.set(symbol, book);
  change(book.bids, rows.bids);
  change(book.asks, rows.asks);
}

/** A size of nothing takes the price away. */
export function change(side: Map<string, string>, rows: Rows): void {
  for (const [price = '', size = ''] of rows) {
    if (Number(size) === 0) side.delete(price);
    else side.set(price, size);
  }
}

/** Keeps the best of a side. */
export function keepBest(side: Map<string, string>, kind: 'bids' | 'asks', depth: number): void {
  if (side.size <= depth) return;
  const prices = bestFirst(side, kind);
  for (const price of prices.slice(depth)) side.delete(price);
}

function bestFirst(side: Map<string, string>, kind: 'bids' | 'asks'): string[] {
  const better = kind === 'bids' ? -1 : 1;
  return [...side.keys()].sort((a, b) => (Number(a) - Number(b)) * better);
}

/** `[price, size]`, best first. */
export const rowsOf = (side: Map<string, string>, kind: 'bids' | 'asks'): [string, string][] =>
  bestFirst(side, kind).map(price => [price, side.get(price)!]);
