/** What a venue takes, or pays, for a fill: by value, by lot, and a least amount an order. */
import type { Instrument } from '#market';

/** Money in 10^-9 of the quote currency; below 0 the venue pays, a rebate. */
export type FeeTerms = {
  /** Of a million of value traded, by an order that rested and by one that did not. */
  makerPerMillion: number;
  takerPerMillion: number;
  perLotNanos: number;
  /** Least fee of an order that was filled at all; 0 for none. */
  minimumNanos: number;
};

/** The reference data's own fee, whoever rested. */
export const feeOfInstrument = ({ feePerMillion }: Instrument): FeeTerms => ({
  ...{ makerPerMillion: feePerMillion, takerPerMillion: feePerMillion },
  ...{ perLotNanos: 0, minimumNanos: 0 },
});

/** Of one fill, before any minimum; the share of its value is rounded towards zero. */
export function feeNanos(
  { makerPerMillion, takerPerMillion, perLotNanos }: FeeTerms,
  fill: { valueNanos: bigint; lots: number; isMaker: boolean },
): bigint {
  const perMillion = BigInt(fill.isMaker ? makerPerMillion : takerPerMillion);
  return (fill.valueNanos * perMillion) / 1_000_000n + BigInt(fill.lots) * BigInt(perLotNanos);
}

/** What an order is charged whose fills came to so much. */
export function chargedNanos(
  { minimumNanos }: FeeTerms,
  order: { fills: number; nanos: bigint },
): bigint {
  const least = BigInt(minimumNanos);
  if (order.fills === 0) return 0n;
  return minimumNanos > 0 && order.nanos < least ? least : order.nanos;
}

/** A row of a desk's fees; without a venue or an instrument it is for all of them. */
export type FeeRow = FeeTerms & { venue?: string | undefined; instrument?: string | undefined };

/**
 * What a venue takes of an instrument: the row that names both, else the venue, else the
 * instrument, else neither; without any the venue's or the instrument's own fee.
 */
export function feeTermsOf(
  rows: readonly FeeRow[],
  instrument: Instrument,
  venue: { name: string; feePerMillion?: { maker: number; taker: number } | undefined },
): FeeTerms {
  const { symbol } = instrument;
  const fits = (venueName: string | undefined, named: string | undefined) =>
    rows.find(row => row.venue === venueName && row.instrument === named);
  const row =
    fits(venue.name, symbol) ??
    fits(venue.name, undefined) ??
    fits(undefined, symbol) ??
    fits(undefined, undefined);
  const { maker, taker } = venue.feePerMillion ?? {
    ...{ maker: instrument.feePerMillion, taker: instrument.feePerMillion },
  };
  const { makerPerMillion = maker, takerPerMillion = taker } = row ?? {};
  const { perLotNanos = 0, minimumNanos = 0 } = row ?? {};
  return { makerPerMillion, takerPerMillion, perLotNanos, minimumNanos };
}
