/** Profit of what is held on one account, and what it was when its day began and at the highest. */
import { type Amount, add, createAmount, isBelow, nanosOf, setWorth } from './amount.ts';
import type { Holding } from './holding.ts';

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
