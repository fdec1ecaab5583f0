/** Waits that an abort cuts short. */
import { type Clock, MILLISECOND_NS, type Nanoseconds } from '#engine';

/** Resolves at that time, or at once when aborted. */
export function waitUntil(clock: Clock, timeNs: Nanoseconds, abort: AbortSignal): Promise<void> {
  const delayMs = Math.max(0, Math.ceil((timeNs - clock.nowNs()) / MILLISECOND_NS));
  return new Promise(resolve => {
    if (abort.aborted) {
      resolve();
      return;
    }
    const done = () => {
      clearTimeout(timer);
      abort.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, delayMs);
    abort.addEventListener('abort', done);
  });
}
