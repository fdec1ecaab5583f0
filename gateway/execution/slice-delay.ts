/** A slice's delay behind its even time: a keyed hash, so that nobody foresees the schedule. */
import type { Nanoseconds } from '#engine';
import type { TwapSlicing } from './policy.ts';
import { wholeQuotient } from './whole-quotient.ts';

/** jitterPercent of a slice times hash16(seed, parent, slice) / 2^16, below one slice. */
export function sliceDelayNs(
  { jitterPercent, seed }: TwapSlicing,
  { parent, slice, sliceNs }: { parent: number; slice: number; sliceNs: Nanoseconds },
): Nanoseconds {
  const spanNs = wholeQuotient(sliceNs, 100) * jitterPercent;
  return wholeQuotient(spanNs, 65_536) * hash16(seed, parent, slice);
}

/** The finaliser of MurmurHash3 (Appleby, public domain), its upper half. */
function hash16(seed: number, parent: number, slice: number): number {
  let h = seed ^ Math.imul(parent, 0x9e3779b1) ^ Math.imul(slice, 0xc2b2ae3d);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 16;
}
