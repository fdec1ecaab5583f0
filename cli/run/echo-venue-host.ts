/** The acceptor of `outrider venue --echo`, on the wall's clock. */
import { MILLISECOND_NS, midnightBefore, wallClock, wallTimers } from '#engine';
import { listenEcho } from '#gateway';
import type { EchoConfig } from './echo-config.ts';

/** Rejects with `network` where the address is taken. */
export async function hostEchoVenue(
  { listen, sessions }: EchoConfig,
  onEnd: (reason: string) => void,
): Promise<{ port: number; close(): Promise<void> }> {
  const originNs = midnightBefore(BigInt(Date.now()) * BigInt(MILLISECOND_NS));
  const clock = wallClock(originNs);
  return await listenEcho({
    ...listen,
    sessions,
    originNs,
    clock,
    timers: wallTimers(clock),
    onEnd,
  });
}
