/** The operations of a run: its door with latencies and links, and traces of its decisions. */
import type { LatencyRecorder } from '#bench';
import type { EdgeLatency } from '#edge';
import type { Traces, TracesOptions } from '#engine/operations';
import type { RunConfig } from '../config.ts';
import type { LiveRun } from './live.ts';
import { openOperations } from './operations-door.ts';
import { readOperations } from './operations-options.ts';
import { linkMetrics, segmentMetrics } from './process-metrics.ts';
import { type TracedLatency, tracedLatency } from './traced-latency.ts';

export type RunOperations = {
  /** The latency port of the edge, traced where the options say so. */
  traced(latency: EdgeLatency): EdgeLatency;
  watch(run: LiveRun, buckets: LatencyRecorder['buckets']): void;
  /** Hands noted traces on; between ticks. */
  publish(): void;
  /** Ends the run by `finish`, then the traces and the door. */
  close(finish: () => Promise<void>): Promise<void>;
};

const TRACES_EVERY = 1_000;

async function openTracesTo(options: TracesOptions): Promise<Traces> {
  const { openTraces } = await import('#engine/operations');
  return openTraces(options);
}

export async function openRunOperations(
  config: RunConfig,
  originNs: bigint,
): Promise<RunOperations> {
  const { traces: url, tracesEvery: every = TRACES_EVERY } = config;
  const of = { service: 'outrider-edge', every, originNs };
  const traces = url === undefined ? undefined : await openTracesTo({ ...of, url });
  const door = await openOperations('run', readOperations(config));
  let noted: TracedLatency | undefined;
  return {
    traced(latency) {
      if (traces === undefined) return latency;
      noted = tracedLatency(latency, traces);
      return noted;
    },
    watch(run, buckets) {
      const links = { verifier: () => run.isVerifierUp, gateway: () => run.gateway.isUp };
      for (const [link, isUp] of Object.entries(links)) {
        door.health?.require(link, () => (isUp() ? undefined : 'not connected'));
      }
      if (door.metrics === undefined) return;
      segmentMetrics(door.metrics, buckets);
      linkMetrics(door.metrics, links);
    },
    publish: () => noted?.publish(),
    async close(finish) {
      await door.drain(finish);
      noted?.publish();
      await traces?.close();
    },
  };
}
