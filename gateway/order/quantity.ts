/** Lots and increments to the decimals an instrument has on the wire, and exactly back. */
import type { Instrument } from '#market';
import { formatDecimal, parseDecimal } from '../fix/decimal.ts';

export type WireUnits = {
  quantity(lots: number): string;
  price(increments: number): string;
  /** Undefined where the text is no whole number of lots or increments. */
  lots(text: string): number | undefined;
  increments(text: string): number | undefined;
};

export function wireUnits({ lotSize, priceIncrement, priceDecimals }: Instrument): WireUnits {
  const lotDecimals = lotSize.split('.')[1]?.length ?? 0;
  const unitsPerLot = Number(lotSize.replace('.', ''));
  const stepDecimals = Math.max(priceDecimals, priceIncrement.split('.')[1]?.length ?? 0);
  const step = Number(priceIncrement.replace('.', ''));
  return {
    quantity: lots => formatDecimal(lots * unitsPerLot, lotDecimals),
    price: increments => formatDecimal(increments * step, stepDecimals),
    lots: text => whole(parseDecimal(text, lotDecimals), unitsPerLot),
    increments: text => whole(parseDecimal(text, stepDecimals), step),
  };
}

function whole(units: number | undefined, unitsPerOne: number): number | undefined {
  return units === undefined || units % unitsPerOne !== 0 ? undefined : units / unitsPerOne;
}
