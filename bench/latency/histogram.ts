/** A histogram of one segment: 1 ns to 60 s at three digits, counted in WebAssembly. */
import { build, type Histogram, initWebAssemblySync, type WasmHistogram } from 'hdr-histogram-js';
import type { LatencySummary } from './segment.ts';

/** A value beyond this is counted as this: the histogram must not grow, nor the run end. */
export const LATENCY_NS_MAX = 60_000_000_000;

export type SegmentHistogram = WasmHistogram;

/** Lives outside the garbage collector's reach: `destroy()` it. */
export function createHistogram(): SegmentHistogram {
  initWebAssemblySync();
  const histogram = build({
    bitBucketSize: 32,
    autoResize: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: LATENCY_NS_MAX,
    numberOfSignificantValueDigits: 3,
    useWebAssembly: true,
  });
  return histogram as SegmentHistogram;
}

/** All at the histogram's resolution, so that a log read back says the same. */
export function summarise(histogram: Histogram): LatencySummary {
  const at = (percentile: number) => histogram.getValueAtPercentile(percentile);
  return {
    count: histogram.totalCount,
    p50: at(50),
    p90: at(90),
    p99: at(99),
    p999: at(99.9),
    p9999: at(99.99),
    max: at(100),
  };
}
