/** Strategies of a desk file: who sends signals, for what, on whose account. */
import { z } from 'zod';
import type { StrategyTerms } from '../strategy-terms.ts';
import { executionPolicy, executionSchema } from './execution.ts';
import { namedList, nameSchema } from './names.ts';

/** Of one gateway. */
export const STRATEGIES_MAX = 64;

const strategySchema = z.strictObject({
  name: nameSchema,
  /** Of the section `accounts`. */
  account: nameSchema,
  /** The desk it belongs to, for limits; all of one where it is left out. */
  desk: nameSchema.optional(),
  /** Symbols it may trade; all of the gateway's where it is left out. */
  instruments: z.array(z.string().min(1).max(64)).min(1, 'give at least one').optional(),
  /** `cancel`: what rests when the hours of its market end, by the section `calendars`. */
  atClose: z.enum(['leave', 'cancel']).optional(),
  /** One order for all that is missing, at the first venue, where it is left out. */
  execution: executionSchema.optional(),
});

export const strategiesSchema = namedList(strategySchema, STRATEGIES_MAX);

export function strategyTerms(given: z.output<typeof strategySchema>): StrategyTerms {
  const { execution, ...terms } = given;
  return execution === undefined ? terms : { ...terms, execution: executionPolicy(execution) };
}
