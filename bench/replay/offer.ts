/** What a generator is asked to offer, and what it says it offered. */

import { z } from 'zod';
import type { LatencySummary } from '../latency/segment.ts';

export const offerSchema = z.strictObject({
  /** Zips of recorded ticks, or folders of them. */
  ticks: z.array(z.string().min(1)).min(1).max(64),
  /** UTC time of day of the first tick offered. */
  from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'give a UTC time of day, such as 14:00'),
  /** Times recorded speed. */
  speed: z.number().positive().max(10_000),
  /** Length of the offer in real time. */
  seconds: z.number().positive().max(3600),
});

export type Offer = z.output<typeof offerSchema>;

export type Offered = {
  ticks: number;
  seconds: number;
  /** From when a batch was due to when its bytes were handed to the system. */
  lateNs: LatencySummary;
};
