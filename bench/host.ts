/** The host while something was measured on it: what it is, how busy, and what it took from us. */

import { readFileSync } from 'node:fs';
import { loadavg, release, type } from 'node:os';
import { describeMachine } from './machine.ts';

export type Host = {
  cpu: string;
  cores: number;
  node: string;
  kernel: string;
  /** Over 1, 5 and 15 minutes. */
  loadBefore: number[];
  loadAfter: number[];
  /** Share of all cores' time that the hypervisor gave to others; null where it is not known. */
  stealShare: number | null;
};

/** Starts watching; the function it returns ends that and says what was seen. */
export function watchHost(): () => Host {
  const loadBefore = loadavg();
  const before = readProcessorTimes();
  return () => {
    const after = readProcessorTimes();
    const { cpu, cores, node } = describeMachine();
    const kernel = `${type()} ${release()}`;
    return { cpu, cores, node, kernel, loadBefore, loadAfter: loadavg(), stealShare: steal() };

    function steal(): number | null {
      if (before === undefined || after === undefined) return null;
      const passed = after.all - before.all;
      return passed === 0 ? 0 : (after.stolen - before.stolen) / passed;
    }
  };
}

/** `cpu user nice system idle iowait irq softirq steal ...`, in ticks of the kernel; Linux only. */
function readProcessorTimes(): { all: number; stolen: number } | undefined {
  try {
    const [first = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
    const ticks = first.trim().split(/\s+/).slice(1, 9).map(Number);
    return { all: ticks.reduce((sum, each) => sum + each, 0), stolen: ticks[7] ?? 0 };
  } catch {
    return undefined;
  }
}
