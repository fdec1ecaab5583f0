/** The ports of a processor that runs in real time on this machine. */

import { wallClock, wallTimers } from '../clock.ts';
import { nodeDisk } from '../disk.ts';
import type { RuntimePorts } from './runtime-time.ts';

/** `originNs` is the UTC midnight that the clock counts from, nanoseconds since 1970. */
export function wallPorts(originNs: bigint): RuntimePorts {
  const clock = wallClock(originNs);
  return {
    ...{ clock, timers: wallTimers(clock), originNs, disk: nodeDisk },
    nextTurn: () => new Promise(resolve => setImmediate(resolve)),
  };
}
