/** Money per quote currency: what fills paid, what positions are worth, day start and peak. */
import { DAY_NS, type Nanoseconds } from '#engine';
import type { Instrument } from '#market';

export type Holding = {
  instrument: Instrument;
  /** The value of one lot for one price increment, in 10^-9 of the quote currency. */
  incrementNanos: bigint;
  positionLots: number;
  cashNanos: bigint;
  /** Mid of the latest signal's quote, in half price increments: what the position is worth. */
  markHalfIncrements: number;
};

export type Account = { utcDay: number; dayStartNanos: bigint; peakNanos: bigint };

export function createHolding(instrument: Instrument): Holding {
  return {
    instrument,
    incrementNanos: incrementNanos(instrument),
    positionLots: 0,
    cashNanos: 0n,
    markHalfIncrements: 0,
  };
}

/** Books an execution with its fee. */
export function bookFill(
  holding: Holding,
  fill: { side: 1 | -1; lots: number; priceIncrements: number },
): void {
  const valueNanos = BigInt(fill.priceIncrements) * BigInt(fill.lots) * holding.incrementNanos;
  const feeNanos = (valueNanos * BigInt(holding.instrument.feePerMillion)) / 1_000_000n;
  holding.positionLots += fill.side * fill.lots;
  holding.cashNanos -= BigInt(fill.side) * valueNanos + feeNanos;
}

/** Cash plus positions at their marks, over all holdings of a currency. */
export function profitNanos(holdings: readonly Holding[], currency: string): bigint {
  let total = 0n;
  for (const holding of holdings) {
    if (holding.instrument.quoteCurrency !== currency) continue;
    const halves = BigInt(holding.positionLots) * BigInt(holding.markHalfIncrements);
    total += holding.cashNanos + (halves * holding.incrementNanos) / 2n;
  }
  return total;
}

/** A new UTC day starts a new daily loss; the peak is kept for good. */
export function markAccounts(
  accounts: Map<string, Account>,
  holdings: readonly Holding[],
  nowNs: Nanoseconds,
): void {
  const utcDay = Math.floor(nowNs / DAY_NS);
  for (const { instrument } of holdings) {
    const currency = instrument.quoteCurrency;
    const profit = profitNanos(holdings, currency);
    const account = accounts.get(currency);
    if (account === undefined) {
      accounts.set(currency, { utcDay, dayStartNanos: profit, peakNanos: profit });
      continue;
    }
    if (account.utcDay !== utcDay) {
      account.utcDay = utcDay;
      account.dayStartNanos = profit;
    }
    if (profit > account.peakNanos) account.peakNanos = profit;
  }
}

function incrementNanos({ priceIncrement, lotSize, multiplier }: Instrument): bigint {
  const product = billionths(priceIncrement) * billionths(lotSize) * BigInt(multiplier);
  return product / 1_000_000_000n;
}

/** A decimal text in 10^-9: `0.00001` is 10,000. */
function billionths(text: string): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(9, '0'));
}
