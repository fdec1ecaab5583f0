/** What the schedule asks of a session: to follow the market and to settle speculations. */

import type { Speculation, Verdict } from '../protocol/speculation.ts';

export type Verify = {
  /**
   * Brings the context of the request's instrument to the request's epoch and move index. Called
   * for every request in the order sent, settled or not. `resync` where that cannot be done, as
   * moves are missing: the edge then sends the whole context.
   */
  update(request: Speculation): 'ok' | 'resync';
  /** Settles the speculation whose `update` was the last call and gave `ok`. */
  settle(request: Speculation): Verdict;
};
