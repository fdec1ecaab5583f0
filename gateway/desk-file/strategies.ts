/** Strategies of a desk file: who sends signals, for what, on whose account. */
import { z } from 'zod';
import { namedList, nameSchema } from './names.ts';

/** Of one gateway. */
export const STRATEGIES_MAX = 64;

const strategySchema = z.strictObject({
  name: nameSchema,
  /** Of the section `accounts`. */
  account: nameSchema,
  /** Symbols it may trade; all of the gateway's where it is left out. */
  instruments: z.array(z.string().min(1).max(64)).min(1, 'give at least one').optional(),
});

export const strategiesSchema = namedList(strategySchema, STRATEGIES_MAX);
