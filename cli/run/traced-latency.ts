/** Sampled traces of an edge's decisions: the moments are noted on the tick's way, sent after. */
import type { EdgeLatency } from '#edge';
import type { Traces } from '#engine/operations';

type Moments = Parameters<EdgeLatency['provisional']>[0];

export type TracedLatency = EdgeLatency & {
  /** Makes spans of what was noted; not within a tick's turn. */
  publish(): void;
};

/** Decisions noted between two publishings; further ones are not traced. */
const NOTED_MAX = 256;

/** Hands everything on to `latency`, and notes one provisional decision in so many. */
export function tracedLatency(latency: EdgeLatency, traces: Traces): TracedLatency {
  const noted: Moments[] = [];
  return {
    ...latency,
    provisional(at) {
      latency.provisional(at);
      if (traces.take() && noted.length < NOTED_MAX) noted.push({ ...at });
    },
    publish() {
      for (const { injectedNs, startedNs, draftedNs, nowNs } of noted.splice(0)) {
        traces.record({
          ...{ name: 'tick to provisional', startNs: injectedNs, endNs: nowNs },
          parts: [
            { name: 'wait and features', startNs: injectedNs, endNs: startedNs },
            { name: 'draft', startNs: startedNs, endNs: draftedNs },
            { name: 'decide', startNs: draftedNs, endNs: nowNs },
          ],
        });
      }
    },
  };
}
