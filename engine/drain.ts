/** An orderly end with a bound: what is under way is finished, but nobody waits for ever. */

import type { Clock, Timers } from './clock.ts';
import { MILLISECOND_NS } from './nanoseconds.ts';

export type Drained = { readonly isComplete: boolean; readonly tookMs: number };

/**
 * Runs `finish` and waits for it, at most `boundMs`: what is then still under way is left to the
 * end of the process, whose logs and commits are written so that nothing is lost by it.
 */
export async function drain(
  finish: () => Promise<unknown>,
  boundMs: number,
  { clock, timers }: { readonly clock: Clock; readonly timers: Timers },
): Promise<Drained> {
  const startNs = clock.nowNs();
  const bound = Promise.withResolvers<false>();
  const alarm = timers.at(startNs + boundMs * MILLISECOND_NS, () => bound.resolve(false));
  try {
    const isComplete = await Promise.race([finish().then(() => true as const), bound.promise]);
    return { isComplete, tookMs: (clock.nowNs() - startNs) / MILLISECOND_NS };
  } finally {
    alarm.cancel();
  }
}
