/** What a verifier server holds at most, and for how long it waits. */

import { MILLISECOND_NS } from '#engine';
import { SCHEDULE_LIMITS, type ScheduleLimits } from '../schedule/schedule.ts';

export type ServerLimits = ScheduleLimits & {
  /** Beyond it an edge is refused, and tries again later. */
  connectionsMax: number;
  /** How often a connection is looked at for signs of life. */
  watchNs: number;
  /** Looks in a row that find no whole frame since the last one: the edge is gone. */
  quietLooksMax: number;
  /** Unsent bytes of one connection; beyond it the edge does not read and is dropped. */
  unsentBytesMax: number;
  /** Requests of one connection that were no valid request; beyond it the edge is dropped. */
  badRequestsMax: number;
};

export const SERVER_LIMITS: ServerLimits = {
  ...SCHEDULE_LIMITS,
  connectionsMax: 16,
  watchNs: 250 * MILLISECOND_NS,
  quietLooksMax: 4,
  unsentBytesMax: 4 * 1024 * 1024,
  badRequestsMax: 16,
};
