/** Money per quote currency: what fills paid, what positions are worth, day start and peak. */
import { OutriderError } from '#engine';
import type { Instrument } from '#market';
import { type Amount, add, createAmount, isBelow, nanosOf, setNanos, setWorth } from './amount.ts';

export type Holding = {
  instrument: Instrument;
  /** The value of one lot for one price increment, in 10^-9 of the quote currency. */
  incrementNanos: number;
  positionLots: number;
  cash: Amount;
  /** Mid of the latest signal's quote, in half price increments: what the position is worth. */
  markHalfIncrements: number;
};

/** What is held in one quote currency. */
export type Account = {
  currency: string;
  holdings: readonly Holding[];
  /** Of the latest mark; negative before the first. */
  utcDay: number;
  /** Kept up with every mark and every fill. */
  profit: Amount;
  dayStart: Amount;
  peak: Amount;
};

export function createHolding(instrument: Instrument): Holding {
  return {
    instrument,
    incrementNanos: incrementNanos(instrument),
    positionLots: 0,
    cash: createAmount(),
    markHalfIncrements: 0,
  };
}

/** One account a currency, in the order the holdings name them. */
export function createAccounts(holdings: readonly Holding[]): Account[] {
  const currencies = new Set(holdings.map(({ instrument }) => instrument.quoteCurrency));
  return Array.from(currencies, currency => ({
    currency,
    holdings: holdings.filter(({ instrument }) => instrument.quoteCurrency === currency),
    utcDay: -1,
    ...{ profit: createAmount(), dayStart: createAmount(), peak: createAmount() },
  }));
}

/** Books an execution with its fee. */
export function bookFill(
  holding: Holding,
  fill: { side: 1 | -1; lots: number; priceIncrements: number },
): void {
  const { incrementNanos, instrument, cash } = holding;
  const valueNanos = BigInt(fill.priceIncrements) * BigInt(fill.lots) * BigInt(incrementNanos);
  const feeNanos = (valueNanos * BigInt(instrument.feePerMillion)) / 1_000_000n;
  holding.positionLots += fill.side * fill.lots;
  setNanos(cash, nanosOf(cash) - BigInt(fill.side) * valueNanos - feeNanos);
}

/** Cash plus positions at their marks, over all holdings of a currency. */
export function updateProfit({ holdings, profit }: Account): void {
  profit.fill(0);
  for (const holding of holdings) addProfit(profit, holding);
}

/** The same as a whole number of 10^-9, for reports. */
export function profitNanos(holdings: readonly Holding[], currency: string): bigint {
  const profit = createAmount();
  for (const holding of holdings) {
    if (holding.instrument.quoteCurrency === currency) addProfit(profit, holding);
  }
  return nanosOf(profit);
}

/** A new UTC day starts a new daily loss; the peak is kept for good. */
export function markAccounts(accounts: readonly Account[], utcDay: number): void {
  for (const account of accounts) {
    updateProfit(account);
    const { profit, dayStart, peak } = account;
    const isFirst = account.utcDay < 0;
    if (account.utcDay !== utcDay) dayStart.set(profit);
    if (isFirst || isBelow(peak, profit)) peak.set(profit);
    account.utcDay = utcDay;
  }
}

const worth = createAmount();
const mark = { halfIncrements: 0, incrementNanos: 0 };

function addProfit(to: Amount, holding: Holding): void {
  mark.halfIncrements = holding.markHalfIncrements;
  mark.incrementNanos = holding.incrementNanos;
  setWorth(worth, holding.positionLots, mark);
  add(to, holding.cash);
  add(to, worth);
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
function billionths(text: string): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(9, '0'));
}
