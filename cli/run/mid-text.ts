/** A mid as text, exactly: half increments have one decimal more than an increment. */
import { formatDecimal } from '#gateway';
import { type Instrument, midHalfIncrements, type Quote } from '#market';

/** Empty before the first quote. */
export function midText({ priceIncrement }: Instrument, quote: Quote | undefined): string {
  if (quote === undefined) return '';
  const decimals = priceIncrement.split('.')[1]?.length ?? 0;
  const unitsPerHalf = 5 * Number(priceIncrement.replace('.', ''));
  return formatDecimal(midHalfIncrements(quote) * unitsPerHalf, decimals + 1);
}
