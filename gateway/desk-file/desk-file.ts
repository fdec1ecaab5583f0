/** The desk file: what a desk signs for, in one JSON document with a section a concern. */
import { z } from 'zod';
import { OutriderError } from '#engine';
import type { Instrument } from '#market';
import type { MoneyTerms } from '../account/money-terms.ts';
import type { OperatorTerms } from '../operator/operator-terms.ts';
import type { RiskTerms } from '../risk/limits.ts';
import type { StrategyTerms } from '../strategy-terms.ts';
import type { VenueTerms } from '../venue-terms.ts';
import { accountsSchema, accountTerms } from './accounts.ts';
import { calendarsSchema, calendarTerms } from './calendars.ts';
import { currenciesSchema, currencyTerms } from './currencies.ts';
import { feeRow, feesSchema } from './fees.ts';
import { limitsSchema, riskTerms } from './limits.ts';
import { operatorsSchema } from './operators.ts';
import { problemText } from './problem.ts';
import { strategiesSchema, strategyTerms } from './strategies.ts';
import { venuesSchema, venueTerms } from './venues.ts';

/** It stands whole in the first record of the gateway's log. */
export const DESK_FILE_BYTES_MAX = 1 << 18;

const deskFileSchema = z.strictObject({
  venues: venuesSchema,
  strategies: strategiesSchema,
  accounts: accountsSchema,
  currencies: currenciesSchema,
  calendars: calendarsSchema,
  fees: feesSchema,
  limits: limitsSchema.prefault({}),
  operators: operatorsSchema,
});

export type DeskFile = z.output<typeof deskFileSchema>;

/** Throws `bad-config` naming field, value and remedy of everything that cannot be. */
export function parseDeskFile(given: unknown): DeskFile {
  const parsed = deskFileSchema.safeParse(given);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(issue => problemText(issue, given));
    throw new OutriderError('bad-config', problems.join('; '));
  }
  const file = parsed.data;
  checkNames(file);
  checkCloses(file);
  deskTerms(file);
  return file;
}

/** Throws `bad-config` for an account or a venue that is named and not there. */
function checkNames(file: DeskFile): void {
  const places: [place: string, section: 'accounts' | 'venues', name: string | undefined][] = [
    ...file.strategies.map(each => [`strategies ${each.name}: account`, 'accounts', each.account]),
    ...file.fees.map((each, at) => [`fees.${at}.venue`, 'venues', each.venue]),
    ...file.calendars.flatMap(({ name, venues = [] }) =>
      venues.map(venue => [`calendars ${name}: venues`, 'venues', venue]),
    ),
  ] as [string, 'accounts' | 'venues', string | undefined][];
  for (const [place, section, named] of places) {
    if (named === undefined || file[section].some(({ name }) => name === named)) continue;
    const remedy = `name one of the section ${section}`;
    throw new OutriderError('bad-config', `${place}: ${named}; ${remedy}`);
  }
}

/** Throws `bad-config` for a strategy that waits for a close which no calendar has. */
function checkCloses({ strategies, calendars }: DeskFile): void {
  const waiting = strategies.find(({ atClose }) => atClose === 'cancel');
  if (waiting === undefined || calendars.length > 0) return;
  throw new OutriderError(
    'bad-config',
    `strategies ${waiting.name}: atClose: cancel; give the section calendars, which has the hours`,
  );
}

/** What a gateway takes of it as it stands. */
export function deskTerms(file: DeskFile): {
  venues: VenueTerms[];
  strategies: StrategyTerms[];
  money: MoneyTerms;
  risk: RiskTerms;
  operators: OperatorTerms[];
} {
  const { venues, strategies, accounts, currencies, calendars, fees } = file;
  const money = {
    accounts: accounts.map(accountTerms),
    currencies: currencyTerms(currencies),
    calendars: calendars.map(calendarTerms),
    fees: fees.map(feeRow),
  };
  return {
    venues: venues.map(venueTerms),
    strategies: strategies.map(strategyTerms),
    ...{ money, risk: riskTerms(file.limits), operators: file.operators },
  };
}

/** Throws `bad-config` for a symbol that the gateway does not trade. */
export function checkSymbols(file: DeskFile, instruments: readonly Instrument[]): void {
  const known = new Set(instruments.map(({ symbol }) => symbol));
  const places = [
    ...file.strategies.map(each => [`strategies ${each.name}: instruments`, each.instruments]),
    ...file.venues.map(each => [`venues ${each.name}: symbols`, Object.keys(each.symbols)]),
    ...file.calendars.map(each => [`calendars ${each.name}: instruments`, each.instruments]),
    ...file.fees.map((each, at) => [`fees.${at}.instrument`, each.instrument && [each.instrument]]),
  ] as [string, string[] | undefined][];
  for (const [place, symbols = []] of places) {
    const stranger = symbols.find(symbol => !known.has(symbol));
    if (stranger === undefined) continue;
    const remedy = `give some of ${[...known].join(', ')}`;
    throw new OutriderError('bad-config', `${place}: ${stranger}; ${remedy}`);
  }
}
