/** The edge's moments as segments: what its latency port reports, recorded. */
import type { EdgeLatency } from '#edge';
import type { LatencyRecorder } from './recorder.ts';

export function edgeLatency({ record }: Pick<LatencyRecorder, 'record'>): EdgeLatency {
  return {
    ingested: (injectedNs, takenNs) => record('ingest', takenNs - injectedNs),
    observed: (takenNs, nowNs) => record('features', nowNs - takenNs),
    provisional({ injectedNs, startedNs, draftedNs, nowNs }) {
      record('draft', draftedNs - startedNs);
      record('decide', nowNs - draftedNs);
      record('tick-to-provisional', nowNs - injectedNs);
    },
    verified(askedNs, nowNs, serviceNs) {
      record('verify', nowNs - askedNs);
      record('service', serviceNs);
    },
    hit: (injectedNs, nowNs) => record('tick-to-verified-hit', nowNs - injectedNs),
    miss: (injectedNs, nowNs) => record('tick-to-verified-miss', nowNs - injectedNs),
  };
}
