/** The currency in which firm, desks and strategies have their limits of money. */
import type { Account } from '../account/account.ts';

/** That of the first account. */
export const firmCurrency = (accounts: readonly Account[]): string => accounts[0]!.currency;
