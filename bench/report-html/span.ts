/** What an axis has to hold. */

export type Span = { from: number; to: number };

/** The smallest and largest of the values, never of no width. */
export function spanOf(values: Iterable<number>): Span {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < from) from = value;
    if (value > to) to = value;
  }
  if (from > to) return { from: 0, to: 1 };
  return from === to ? { from: from - 1, to: to + 1 } : { from, to };
}

/** A span with some air at both ends. */
export function padded({ from, to }: Span, share = 0.06): Span {
  const air = (to - from) * share;
  return { from: from - air, to: to + air };
}
