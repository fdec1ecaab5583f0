/** What a verifier server counts beside its schedule. */

import type { HelloField } from '../protocol/hello-refusal.ts';

export type ServerCounters = {
  connectionsTaken: number;
  hellosRefused: Partial<Record<HelloField, number>>;
  requests: number;
  badRequests: number;
  /** Connections closed as what came was no frame, or none that may come here. */
  badFrames: number;
  /** Connections closed as nothing came any more. */
  quiet: number;
  /** Connections closed as the edge did not read. */
  unread: number;
};

export function createServerCounters(): ServerCounters {
  return {
    ...{ connectionsTaken: 0, hellosRefused: {}, requests: 0, badRequests: 0 },
    ...{ badFrames: 0, quiet: 0, unread: 0 },
  };
}
