/** Sequence numbers that operators agreed on with a venue: the way out of a halt. */
import { type AtVenue, onSession } from './at-venue.ts';
import { liftHalt } from './behind-venue.ts';

export type AgreedNumbers = {
  /** Both begin at 1 with the next Logon (141=Y), and what waits to be resent is forgotten. */
  reset: boolean;
  /** Of the next message of ours, and of the venue's; as they are where they are left out. */
  nextOutgoing?: number | undefined;
  nextIncoming?: number | undefined;
};

/** A log that lost its end has lost ClOrdIDs too: so many are left out, beyond any day's end. */
const SKIPPED_ORDER_IDS = 1_000_000;

/**
 * A connection that stands is ended. By the next Logon the venue is asked how each order of before
 * stands, and nothing new leaves for one until it has said so. Says what was and what is.
 */
export function agreeNumbers(at: AtVenue, { reset, ...numbers }: AgreedNumbers): string {
  const { state, venue } = at;
  const { store } = venue;
  onSession(at, { kind: 'renumber', timeNs: state.nowNs, resets: reset });
  liftHalt(venue);
  venue.refusedLogons = 0;
  state.orderIds.count += SKIPPED_ORDER_IDS;
  const before = [store.nextSenderSeq(), store.nextTargetSeq()] as const;
  const { nextOutgoing = before[0], nextIncoming = before[1] } = reset
    ? { nextOutgoing: 1, nextIncoming: 1 }
    : numbers;
  // A reset is the next Logon's: until the venue has taken it, each try begins at 1 again.
  if (!reset) {
    store.setNextSenderSeq(nextOutgoing);
    store.setNextTargetSeq(nextIncoming);
  }
  return (
    `${venue.terms.name} next outgoing was ${before[0]}, is ${nextOutgoing}; ` +
    `next incoming was ${before[1]}, is ${nextIncoming}; ` +
    `ClOrdIDs go on from ${state.orderIds.count + 1}`
  );
}
