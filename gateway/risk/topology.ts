/** What risk is built from: the scopes by name, what is in them, and their limits. */
import type { LimitName, SettingName } from './limit-table.ts';
import type { ScopeName } from './scope-name.ts';

/** Whole numbers; money in whole units of the currency. What is left out is not limited. */
export type ScopeLimit = {
  readonly scope: ScopeName;
  readonly name: LimitName;
  readonly soft?: number | undefined;
  readonly hard?: number | undefined;
};

export type ScopeSetting = {
  readonly scope: ScopeName;
  readonly name: SettingName;
  readonly value: number;
};

export type LineTerms = { desk: number; account: number; isPermitted: boolean };

export type InstrumentTerms = {
  /** One lot for one price increment, in 10^-9 of the quote currency, and of the firm's. */
  incrementNanos: number;
  reportNanos: number;
  isRestricted: boolean;
  /** Average daily volume; 0 where nobody says. */
  dailyLots: number;
};

export type RiskTopology = {
  readonly venues: readonly string[];
  readonly desks: readonly string[];
  readonly strategies: readonly string[];
  readonly accounts: readonly string[];
  readonly instruments: readonly string[];
  /** By instrument, then by strategy. */
  readonly lines: readonly LineTerms[];
  readonly instrumentTerms: readonly InstrumentTerms[];
  readonly limits: readonly ScopeLimit[];
  readonly settings: readonly ScopeSetting[];
};
