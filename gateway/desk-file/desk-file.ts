/** The desk file: what a desk signs for, in one JSON document with a section a concern. */
import { z } from 'zod';
import { OutriderError } from '#engine';
import type { Instrument } from '#market';
import type { StrategyTerms } from '../strategy-terms.ts';
import type { VenueTerms } from '../venue-terms.ts';
import { accountsSchema } from './accounts.ts';
import { problemText } from './problem.ts';
import { strategiesSchema, strategyTerms } from './strategies.ts';
import { venuesSchema, venueTerms } from './venues.ts';

/** It stands whole in the first record of the gateway's log. */
export const DESK_FILE_BYTES_MAX = 1 << 18;

const deskFileSchema = z.strictObject({
  venues: venuesSchema,
  strategies: strategiesSchema,
  accounts: accountsSchema,
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
  const accounts = new Set(file.accounts.map(({ name }) => name));
  for (const { name, account } of file.strategies) {
    if (accounts.has(account)) continue;
    const remedy = 'name one of the section accounts';
    throw new OutriderError('bad-config', `strategies ${name}: account: ${account}; ${remedy}`);
  }
  deskTerms(file);
  return file;
}

/** What a gateway takes of it as it stands. */
export function deskTerms({ venues, strategies }: DeskFile): {
  venues: VenueTerms[];
  strategies: StrategyTerms[];
} {
  return { venues: venues.map(venueTerms), strategies: strategies.map(strategyTerms) };
}

/** Throws `bad-config` for a symbol that the gateway does not trade. */
export function checkSymbols(file: DeskFile, instruments: readonly Instrument[]): void {
  const known = new Set(instruments.map(({ symbol }) => symbol));
  const places = [
    ...file.strategies.map(each => [`strategies ${each.name}: instruments`, each.instruments]),
    ...file.venues.map(each => [`venues ${each.name}: symbols`, Object.keys(each.symbols)]),
  ] as [string, string[] | undefined][];
  for (const [place, symbols = []] of places) {
    const stranger = symbols.find(symbol => !known.has(symbol));
    if (stranger === undefined) continue;
    const remedy = `give some of ${[...known].join(', ')}`;
    throw new OutriderError('bad-config', `${place}: ${stranger}; ${remedy}`);
  }
}
