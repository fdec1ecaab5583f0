/** Limits of a desk file, by scope: what is above soft warns, what is above hard is refused. */
import { z } from 'zod';
import { LIMIT_NAMES, SETTING_NAMES } from '../risk/limit-table.ts';
import type { RiskTerms } from '../risk/limits.ts';

const SCOPES_MAX = 512;
const SYMBOLS_MAX = 4096;

const level = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const scope = z
  .string()
  .regex(
    /^(firm|(venue|desk|strategy|account|instrument):[\x21-\x7e]{1,64})$/,
    'give firm, or venue:, desk:, strategy:, account: or instrument: and a name',
  );
const symbol = z.string().min(1).max(64);

const scopeSchema = z.strictObject({
  scope,
  /** A number is the hard level; docs/risk.md lists the names and their units. */
  limits: z
    .partialRecord(
      z.enum(LIMIT_NAMES),
      z.union([level, z.strictObject({ soft: level.optional(), hard: level.optional() })]),
    )
    .default({}),
  settings: z.partialRecord(z.enum(SETTING_NAMES), level).default({}),
});

export const limitsSchema = z.strictObject({
  scopes: z.array(scopeSchema).max(SCOPES_MAX, `give at most ${SCOPES_MAX}`).default([]),
  /** Symbols that nobody may trade. */
  restricted: z.array(symbol).max(SYMBOLS_MAX).default([]),
  /** Average daily volume in lots, by symbol. */
  dailyLots: z.record(symbol, level).default({}),
});

/** Of these a warning comes at 80 % of the hard level where no soft one is said. */
const WARNED: readonly string[] = ['positionLots', 'dailyLoss', 'trailingDrawdown', 'drawdownPpm'];

export function riskTerms({
  scopes,
  restricted,
  dailyLots,
}: z.output<typeof limitsSchema>): RiskTerms {
  return {
    limits: scopes.flatMap(({ scope: at, limits }) =>
      Object.entries(limits).map(([name, given]) => {
        const { soft, hard } = typeof given === 'number' ? { hard: given } : given;
        const early = WARNED.includes(name) && hard !== undefined ? (hard * 4) / 5 : undefined;
        const levels = { soft: soft ?? (early && Math.floor(early)), hard };
        return { scope: at, name: name as (typeof LIMIT_NAMES)[number], ...levels };
      }),
    ),
    settings: scopes.flatMap(({ scope: at, settings }) =>
      Object.entries(settings).map(([name, value]) => ({
        ...{ scope: at, name: name as (typeof SETTING_NAMES)[number], value },
      })),
    ),
    ...{ restricted, dailyLots },
  };
}
