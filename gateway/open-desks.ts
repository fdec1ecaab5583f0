/** The desks of a gateway with nothing on them yet, and the accounts that they book to. */
import { invariant } from '#engine';
import { type Account, createAccount, createAccounts } from './account/account.ts';
import { feeTermsOf } from './account/fee.ts';
import { createHolding, type Holding } from './account/holding.ts';
import type { MoneyTerms } from './account/money-terms.ts';
import { createDesk, type Desk } from './order/desk.ts';
import type { GatewayConfig } from './state.ts';
import { REFERENCE_STRATEGY, type StrategyTerms } from './strategy-terms.ts';

/** Strategy by strategy, each with a desk for every instrument. */
export function openDesks(config: GatewayConfig): { desks: Desk[]; accounts: Account[] } {
  const { instruments, strategies = [REFERENCE_STRATEGY], money, venues } = config;
  const holdings = strategies.flatMap(() =>
    instruments.map(instrument => {
      const holding = createHolding(instrument);
      const feeRows = money?.fees ?? [];
      holding.feeTerms = venues.map(venue => feeTermsOf(feeRows, instrument, venue));
      return holding;
    }),
  );
  const ownerOf = (at: number) => strategies[Math.floor(at / instruments.length)]!;
  const accounts =
    money === undefined
      ? createAccounts(holdings)
      : namedAccounts(money, holdings, at => ownerOf(at).account);
  const desks = holdings.map((holding, at) => {
    const strategy = strategies.indexOf(ownerOf(at));
    const account = accounts.find(({ holdings: own }) => own.includes(holding));
    invariant(account !== undefined, 'each strategy books to an account of the terms');
    return createDesk({ strategy, instrument: at % instruments.length }, holding, account);
  });
  return { desks, accounts };
}

function namedAccounts(
  { accounts }: MoneyTerms,
  holdings: readonly Holding[],
  accountOf: (at: number) => StrategyTerms['account'],
): Account[] {
  return accounts.map(({ name, baseCurrency }) => {
    const own = holdings.filter((_, at) => accountOf(at) === name);
    return createAccount({ name, currency: baseCurrency }, own);
  });
}
