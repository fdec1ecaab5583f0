/** Lots and increments to the decimals an instrument has on the wire, and exactly back. */
import type { Instrument } from '#market';
import { formatDecimal, parseDecimal } from '../fix/decimal.ts';

export type WireUnits = {
  /** Units of 10^-lotDecimals in a lot, of 10^-priceDecimals in a price increment. */
  readonly unitsPerLot: number;
  readonly lotDecimals: number;
  readonly unitsPerIncrement: number;
  readonly priceDecimals: number;
  quantity(lots: number): string;
  price(increments: number): string;
  /** Undefined where the text is no whole number of lots or increments. */
  lots(text: string): number | undefined;
  increments(text: string): number | undefined;
};

/** A price has the decimals of its increment, as the law says, whatever else it is shown with. */
export function wireUnits({ lotSize, priceIncrement }: Instrument): WireUnits {
  const lotDecimals = decimalsOf(lotSize);
  const unitsPerLot = Number(lotSize.replace('.', ''));
  const priceDecimals = decimalsOf(priceIncrement);
  const unitsPerIncrement = Number(priceIncrement.replace('.', ''));
  return {
    ...{ unitsPerLot, lotDecimals, unitsPerIncrement, priceDecimals },
    quantity: keepingTexts(lots => formatDecimal(lots * unitsPerLot, lotDecimals)),
    price: keepingTexts(increments => formatDecimal(increments * unitsPerIncrement, priceDecimals)),
    lots: text => whole(parseDecimal(text, lotDecimals), unitsPerLot),
    increments: text => whole(parseDecimal(text, priceDecimals), unitsPerIncrement),
  };
}

const KEPT_TEXTS = 256;

/** Prices come again within a market's minute, quantities nearly always. */
function keepingTexts(textOf: (count: number) => string): (count: number) => string {
  const counts = new Float64Array(KEPT_TEXTS).fill(Number.NaN);
  const texts = new Array<string>(KEPT_TEXTS).fill('');
  return count => {
    const place = count & (KEPT_TEXTS - 1);
    if (counts[place] !== count) {
      texts[place] = textOf(count);
      counts[place] = count;
    }
    return texts[place]!;
  };
}

const decimalsOf = (text: string) => text.split('.')[1]?.length ?? 0;

function whole(units: number | undefined, unitsPerOne: number): number | undefined {
  return units === undefined || units % unitsPerOne !== 0 ? undefined : units / unitsPerOne;
}
