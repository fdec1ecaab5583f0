/** Ways of one microbench, interleaved in random order: time an item, and ratios to the first. */

import { seededRandom } from '#engine';
import { median, type Ratio, ratioOf, shuffled } from '../statistics.ts';
import type { Micro, Way } from './micro.ts';

export type WayFigures = {
  name: string;
  /** Median over the rounds. */
  nsPerItem: number;
  /** The quickest round's: what is left where nothing else took the core. */
  bestNsPerItem: number;
  /** This way over the first; of the first, over itself measured a second time. */
  ratio: Ratio;
};

export type MicroOptions = {
  /** Fewer where they would take over ten seconds, but a tenth of them in any case. */
  rounds: number;
  /** Of one sample. */
  sampleMs: number;
};

export const MICRO_OPTIONS: MicroOptions = { rounds: 200, sampleMs: 0.5 };

const WARM_UP_MS = 300;
const MEASURED_MS_MAX = 10_000;
const NS_PER_MS = 1e6;

type Slot = { run: () => number; calls: number; nsPerItem: number[] };

/** The first way has two slots, so that every ratio stands beside what chance makes of 1. */
export function measureMicro(micro: Micro, options = MICRO_OPTIONS): WayFigures[] {
  const { ways, items } = micro;
  const own = ways.map(way => openSlot(way, options));
  const first = own[0]!;
  // The very same work: another copy of it would differ by where its memory happens to lie.
  const again: Slot = { ...first, nsPerItem: [] };
  const slots = [again, ...own];
  const random = seededRandom('micro');
  const lateMs = performance.now() + MEASURED_MS_MAX;
  for (let round = 0; round < options.rounds; round++) {
    if (round >= options.rounds / 10 && performance.now() > lateMs) break;
    for (const slot of shuffled(slots, random.nextFloat)) {
      slot.nsPerItem.push((timed(slot.run, slot.calls) * NS_PER_MS) / (slot.calls * items));
    }
  }
  return own.map((slot, at) => {
    const other = slot === first ? again : slot;
    const rounds = first.nsPerItem.map((ns, round) => [ns, other.nsPerItem[round]!] as const);
    const nsPerItem = median(slot.nsPerItem);
    const bestNsPerItem = Math.min(...slot.nsPerItem);
    return { name: ways[at]!.name, nsPerItem, bestNsPerItem, ratio: ratioOf(rounds) };
  });
}

/** Compiled, and with as many calls as a sample takes. */
function openSlot(way: Way, { sampleMs }: MicroOptions): Slot {
  const run = way.open();
  let calls = 1;
  const endMs = performance.now() + WARM_UP_MS;
  while (performance.now() < endMs) run();
  while (timed(run, calls) < sampleMs) calls *= 2;
  return { run, calls, nsPerItem: [] };
}

/** Milliseconds. */
function timed(run: () => number, calls: number): number {
  const startMs = performance.now();
  for (let call = 0; call < calls; call++) kept.value += run();
  return performance.now() - startMs;
}

/** What was computed is kept, so that it had to be computed. */
const kept = { value: 0 };
