/** How long the right to trade is lent, and how long its lender waits before it lends again. */
import type { Nanoseconds } from '#engine';

/** Heartbeats and renewals a lease: so many may be late or lost. */
export const BEATS = 4;

/** Two clocks that differ in pace by less than an eighth cannot both count a lease as theirs. */
export const withMargin = (leaseNs: Nanoseconds): Nanoseconds => leaseNs + Math.ceil(leaseNs / 8);
