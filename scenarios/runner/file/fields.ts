/** Fields that files of both kinds of scenarios have. */
import { z } from 'zod';
import type { Nanoseconds } from '#engine';
import { parseDuration } from './duration.ts';

const DAY_NS_MAX = 86_400e9;

export const duration = z.string().transform((text, context): Nanoseconds => {
  const ns = parseDuration(text);
  if (ns !== undefined && ns <= DAY_NS_MAX) return ns;
  context.addIssue({ code: 'custom', message: 'give a number and a unit: 500ms, 20s, 2m' });
  return z.NEVER;
});

export const someTime = duration.refine(ns => ns > 0, 'give more than 0');

export const name = z
  .string()
  .regex(/^[a-z0-9-]{1,40}$/, 'give lower case letters, digits and hyphens');

/** SIGKILL, or SIGSTOP until it is undone. */
export const killed = z.enum(['kill', 'stop']);

export const stage = z.strictObject({
  name: name.optional(),
  /** How long. */
  for: someTime,
  /** Times the usual rate of the market, or times recorded speed; of streams: records a second. */
  rate: z.number().positive().max(100_000),
});
