/** A feed that begins anew, as ticks: what its readers know of each instrument is void. */
import type { Nanoseconds } from '#engine';
import type { Instrument, Tick } from '#market';

/** Each instrument begins a new epoch behind what was published of it before. */
export function gapTicks(instruments: readonly Instrument[], timeNs: Nanoseconds): Tick[] {
  const stamp = { exchangeTimeNs: timeNs, receiveTimeNs: timeNs, isTimeEstimated: true as const };
  return instruments.map((_, instrument) => ({ kind: 'gap', instrument, ...stamp }));
}
