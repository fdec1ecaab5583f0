/** Fees of a desk file: by venue and instrument, of either all of them where it is left out. */
import { z } from 'zod';
import type { FeeRow } from '../account/fee.ts';
import { nanosOfText, nanosSchema } from './decimal.ts';
import { nameSchema } from './names.ts';

const perMillion = z.int().min(-1_000_000).max(1_000_000).default(0);

const feeSchema = z.strictObject({
  venue: nameSchema.optional(),
  instrument: z.string().min(1).max(64).optional(),
  /** Millionths of the value traded: of an order that rested, and of one that did not. */
  ...{ makerPerMillion: perMillion, takerPerMillion: perMillion },
  /** In the quote currency; below 0 a rebate, which a minimum cannot be. */
  perLot: nanosSchema.default('0'),
  minimumPerOrder: nanosSchema.refine(text => !text.startsWith('-'), 'give 0 or more').default('0'),
});

export const feesSchema = z.array(feeSchema).max(4096).default([]);

export function feeRow(row: z.output<typeof feeSchema>): FeeRow {
  const { venue, instrument, makerPerMillion, takerPerMillion, perLot, minimumPerOrder } = row;
  return {
    ...{ venue, instrument, makerPerMillion, takerPerMillion },
    ...{ perLotNanos: nanosOfText(perLot), minimumNanos: nanosOfText(minimumPerOrder) },
  };
}
