/** What a generator is asked to offer, and what it says it offered. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { OutriderError } from '#engine';
import type { LatencySummary } from '../latency/segment.ts';
import { ROOT } from './results.ts';

const DATA = process.env.OUTRIDER_DATA ?? join(ROOT, '..', 'shared', 'data');

/** EURUSD and gold of 2014-05-02, where `OUTRIDER_DATA` has them. */
export const RECORDED_DAYS: readonly string[] = ['eurusd-oanda', 'xauusd-oanda'].map(market =>
  join(DATA, 'fx', market, '20140502_quote.zip'),
);
export const hasRecordedDays = RECORDED_DAYS.every(path => existsSync(path));

export const offerSchema = z.strictObject({
  /** Zips of recorded ticks, or folders of them. */
  ticks: z.array(z.string().min(1)).min(1).max(64),
  /** UTC time of day of the first tick offered. */
  from: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'give a UTC time of day, such as 14:00')
    .default('14:00'),
  /** Times recorded speed. */
  speed: z.coerce.number().positive().max(10_000).default(5),
  /** Length of the offer in real time. */
  seconds: z.coerce.number().positive().max(3600).default(20),
});

export type Offer = z.output<typeof offerSchema>;

export type Offered = {
  ticks: number;
  seconds: number;
  /** From when a batch was due to when its bytes were handed to the system. */
  lateNs: LatencySummary;
};

/** An offer from options that are still text; what is left out has its default. */
export function readOffer(given: Readonly<Record<string, unknown>>): Offer {
  if (given.ticks === undefined && !hasRecordedDays) {
    const message = `ticks: none at ${RECORDED_DAYS[0]}; give --ticks PATH or set OUTRIDER_DATA`;
    throw new OutriderError('bad-usage', message);
  }
  const { ticks = RECORDED_DAYS, from, speed, seconds } = given;
  const result = offerSchema.safeParse({ ticks, from, speed, seconds });
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    return `${name}: ${String(given[name])} (${message})`;
  });
  throw new OutriderError('bad-usage', problems.join('; '));
}
