/** The two segments that are set against each other: tick to verified with branches and without. */

import type { LiveView } from '../run/live-view.ts';

type Latency = LiveView['latency'][number];

/** The decision on a forecast that was verified before its move, and on one that was not. */
export const HIT_SEGMENT = 'tick-to-verified-hit';
export const MISS_SEGMENT = 'tick-to-verified-miss';

/** The segment as recorded, or nothing before its first record. */
export function latencyOf(view: LiveView, segment: string): Latency | undefined {
  return view.latency.find(latency => latency.segment === segment && latency.count > 0);
}
