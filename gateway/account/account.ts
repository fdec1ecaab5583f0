/** Profit of what is held on one account, and what it was when its day began and at the highest. */
import type { Nanoseconds } from '#engine';
import { type Amount, add, createAmount, isBelow, nanosOf, setNanos, setWorth } from './amount.ts';
import { type Conversion, convert, type MissingRate } from './conversion.ts';
import type { Holding } from './holding.ts';

export type Account = {
  /** Of the desk file; without one there is an account for each quote currency, of its name. */
  name: string;
  /** In which its profit is counted. */
  currency: string;
  holdings: readonly Holding[];
  /** The trading day of the latest mark, since 1970 or the origin; negative before the first. */
  day: number;
  /** Kept up with every mark and every fill, in 10^-9 of the currency. */
  profit: Amount;
  dayStart: Amount;
  peak: Amount;
  /** By quote currency, where any is not the account's own. */
  parts: readonly { currency: string; readonly profit: Amount }[];
  /**
   * The rate without which the profit cannot be told: it is then the last that could, and nothing
   * that relies on it may grow a position.
   */
  missingRate: MissingRate | undefined;
  /** The pair of the missing rate that the desk was told of, `USDT/USD`; '' for none. */
  toldRate: string;
};

export function createAccount(
  { name, currency }: Pick<Account, 'name' | 'currency'>,
  holdings: readonly Holding[],
): Account {
  const currencies = new Set(holdings.map(({ instrument }) => instrument.quoteCurrency));
  const isPlain = currencies.size === 0 || (currencies.size === 1 && currencies.has(currency));
  const quoted = isPlain ? [] : [...currencies];
  return {
    ...{ name, currency, holdings, day: -1, missingRate: undefined, toldRate: '' },
    ...{ profit: createAmount(), dayStart: createAmount(), peak: createAmount() },
    parts: quoted.map(each => ({ currency: each, profit: createAmount() })),
  };
}

/** One account a quote currency, in the order the holdings name them. */
export function createAccounts(holdings: readonly Holding[]): Account[] {
  const currencies = new Set(holdings.map(({ instrument }) => instrument.quoteCurrency));
  return Array.from(currencies, currency => {
    const own = holdings.filter(({ instrument }) => instrument.quoteCurrency === currency);
    return createAccount({ name: currency, currency }, own);
  });
}

/** What an account's money is worth in its currency. */
export type Valuation = { conversion: Conversion | undefined; nowNs: Nanoseconds };

/** Cash plus positions at their marks, over all holdings, in the account's currency. */
export function updateProfit(account: Account, valuation: Valuation): void {
  const { holdings, profit, parts } = account;
  if (parts.length > 0) {
    convertParts(account, valuation);
    return;
  }
  profit.fill(0);
  for (const holding of holdings) addProfit(profit, holding);
}

function convertParts(account: Account, { conversion, nowNs }: Valuation): void {
  const { holdings, parts, currency: to } = account;
  let total = 0n;
  account.missingRate = undefined;
  for (const { currency, profit } of parts) {
    profit.fill(0);
    for (const holding of holdings) {
      if (holding.instrument.quoteCurrency === currency) addProfit(profit, holding);
    }
    const nanos = nanosOf(profit);
    // Nothing is nothing in every currency.
    if (nanos === 0n && !isHeld(holdings, currency)) continue;
    const converted =
      conversion === undefined
        ? { from: currency, to, ageNs: undefined }
        : convert(conversion, { nanos, currency }, { to, nowNs });
    if (typeof converted === 'bigint') total += converted;
    else account.missingRate ??= converted;
  }
  if (account.missingRate === undefined) setNanos(account.profit, total);
}

const isHeld = (holdings: readonly Holding[], currency: string) =>
  holdings.some(
    ({ instrument, positionLots }) => instrument.quoteCurrency === currency && positionLots !== 0,
  );

/** The profit of holdings in one quote currency, as a whole number of 10^-9, for reports. */
export function profitNanos(holdings: readonly Holding[], currency: string): bigint {
  const profit = createAmount();
  for (const holding of holdings) {
    if (holding.instrument.quoteCurrency === currency) addProfit(profit, holding);
  }
  return nanosOf(profit);
}

/**
 * Takes the profit of now as that of `day`: a day that is new starts a new daily loss, the peak is
 * kept for good. Without a rate that is the last profit that could be told, if there was any.
 */
export function markAccount(account: Account, day: number, valuation: Valuation): void {
  updateProfit(account, valuation);
  const { profit, dayStart, peak, missingRate } = account;
  const isFirst = account.day < 0;
  if (isFirst && missingRate !== undefined) return;
  if (account.day !== day) dayStart.set(profit);
  if (isFirst || isBelow(peak, profit)) peak.set(profit);
  account.day = day;
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
