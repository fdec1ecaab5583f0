/** What one strategy holds of one instrument: lots, money, cost, fees, and when it is delivered. */
import { OutriderError } from '#engine';
import type { Instrument } from '#market';
import { type Amount, createAmount } from './amount.ts';
import { type FeeTerms, feeOfInstrument } from './fee.ts';
import type { BookedFill } from './fill.ts';

export type Holding = {
  instrument: Instrument;
  /** By venue; the last is that of all venues after it. */
  feeTerms: readonly FeeTerms[];
  /** The value of one lot for one price increment, in 10^-9 of the quote currency. */
  incrementNanos: number;
  positionLots: number;
  /** What fills got and paid, fees included. */
  cash: Amount;
  /** What the open lots were paid with, below 0 when short: see `openAfter`. */
  cost: Amount;
  /** Paid so far; they are part of `cash`. */
  feesPaid: Amount;
  /** Mid of the latest signal's quote, in half price increments: what the position is worth. */
  markHalfIncrements: number;
  /** Fills that can still be busted, the oldest first, and what was open before them. */
  fills: BookedFill[];
  readonly before: { lots: number; readonly cost: Amount };
  /** By OrderID, of orders at venues with a minimum fee: fills, and their fees without it. */
  orderFees: Map<string, OrderFees>;
  /** By value day; none where nobody keeps value dates. */
  deliveries: Map<number, Delivery>;
};

export type OrderFees = { fills: number; readonly sum: Amount };

/** Lots and money, without fees, that change hands on a day. */
export type Delivery = { lots: number; readonly cash: Amount };

/** With the fee of the reference data, at every venue. */
export function createHolding(instrument: Instrument): Holding {
  return {
    ...{ instrument, incrementNanos: incrementNanos(instrument) },
    feeTerms: [feeOfInstrument(instrument)],
    ...{ positionLots: 0, markHalfIncrements: 0 },
    ...{ cash: createAmount(), cost: createAmount(), feesPaid: createAmount() },
    ...{ fills: [], before: { lots: 0, cost: createAmount() } },
    ...{ orderFees: new Map(), deliveries: new Map() },
  };
}

/** Throws `bad-config` for lots so large that an increment is worth millions. */
function incrementNanos({ symbol, priceIncrement, lotSize, multiplier }: Instrument): number {
  const product = billionths(priceIncrement) * billionths(lotSize) * BigInt(multiplier);
  const nanos = Number(product / 1_000_000_000n);
  if (Number.isSafeInteger(nanos)) return nanos;
  throw new OutriderError(
    'bad-config',
    `${symbol}: an increment of a lot is worth ${nanos / 1e9}; give a smaller lotSize`,
  );
}

/** A decimal text in 10^-9: `0.00001` is 10,000. */
export function billionths(text: string): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(9, '0'));
}
