/** Processor time of another process, as Linux keeps it: what work costs whatever else runs. */

import { readFileSync } from 'node:fs';
import { OutriderError } from '#engine';

/** Linux tells a process's time in these, whatever the kernel's own tick is. */
const TICK_NS = 1e7;

/** Of all its threads since its start, nanoseconds. Throws `bad-usage` where it is gone. */
export function cpuNsOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // `pid (name) state ...`: the 14th and 15th fields are user and system time.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_NS;
  } catch (cause) {
    throw new OutriderError('bad-usage', `process ${pid} is gone, or /proc is`, { cause });
  }
}
