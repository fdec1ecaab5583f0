/** How patient an edge's link to its verifier is, and how much it holds. */

import { MILLISECOND_NS, SECOND_NS } from '#engine';

export type LinkSettings = {
  /** Time between pings. */
  heartbeatNs: number;
  /** Pings without a pong at which the link counts as down. */
  missedPongsMax: number;
  /** Heartbeats within which the verifier must have taken the connection and the terms. */
  greetingBeatsMax: number;
  /** Wait before the second try to connect; it doubles with each further one. */
  retryFirstNs: number;
  retryMostNs: number;
  /** The waits begin anew once a link stood this long. */
  steadyNs: number;
  /** Requests without an answer; beyond it sends are not taken. */
  outstandingMax: number;
  /** Bytes the system did not take yet; beyond it sends are not taken. */
  unsentBytesMax: number;
};

export const LINK_SETTINGS: LinkSettings = {
  heartbeatNs: 250 * MILLISECOND_NS,
  missedPongsMax: 3,
  greetingBeatsMax: 8,
  retryFirstNs: 50 * MILLISECOND_NS,
  retryMostNs: SECOND_NS,
  steadyNs: SECOND_NS,
  outstandingMax: 512,
  unsentBytesMax: 1024 * 1024,
};
