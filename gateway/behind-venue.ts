/** A venue that expects a higher number than ours: what was sent is lost here, no more may go. */
import { MILLISECOND_NS } from '#engine';
import type { AtVenue } from './at-venue.ts';
import type { GatewayState } from './state.ts';
import { stepRules } from './step-version.ts';
import type { VenueState } from './venue-state.ts';

/** Both sides begin a period at number 1, by clocks of their own: that far apart at most. */
const PERIOD_BEGIN_MS = 60_000;

/** The venue's Logout names the number; so does our own where its Logon says 789. */
const EXPECTED = [
  /MsgSeqNum too low\D*expect\w*\D*(\d+)/i,
  /NextExpectedMsgSeqNum too high, expecting \d+ but received (\d+)/,
] as const;

/**
 * Halts the venue where a refusal says so: no Logon leaves until an operator arms the gateway, or
 * each try would count a number more until the venue takes one, and orders it knows would go again.
 */
export function haltBehind({ state, venue, effects }: AtVenue, refusal: string): void {
  if (!stepRules(state.stepVersion).haltsBehindVenue || isPeriodNew({ state, venue })) return;
  const expected = EXPECTED.map(pattern => pattern.exec(refusal)?.[1]).find(Boolean);
  if (expected === undefined) return;
  venue.logOnFromNs = Number.POSITIVE_INFINITY;
  venue.expectedNumber = Number(expected);
  const remedy = 'restore the log from a copy, or agree with the venue: outrider sequence';
  effects.problems.push(
    `${venue.terms.name}: halted: it expects number ${expected}, which this log has not reached: ` +
      `what was sent since is lost here; ${remedy}`,
  );
}

/** An operator has seen to it. */
export function liftHalts({ venues }: GatewayState): void {
  for (const venue of venues) if (isHalted(venue)) liftHalt(venue);
}

export const isHalted = ({ logOnFromNs }: VenueState): boolean =>
  logOnFromNs === Number.POSITIVE_INFINITY;

/** The next Logon may leave at once. */
export function liftHalt(venue: VenueState): void {
  venue.logOnFromNs = 0;
  venue.expectedNumber = 0;
}

function isPeriodNew({ state, venue }: Pick<AtVenue, 'state' | 'venue'>): boolean {
  const { config, store } = venue.session;
  if (config.schedule === undefined) return false;
  const unixMs = Number(config.originNs / BigInt(MILLISECOND_NS)) + state.nowNs / MILLISECOND_NS;
  return unixMs - store.period() * 1_000 < PERIOD_BEGIN_MS;
}
