/** Records latency, a histogram a segment, and writes it as an HDR histogram log. */

import { encodeIntoCompressedBase64, HistogramLogWriter } from 'hdr-histogram-js';
import { type Nanoseconds, SECOND_NS } from '#engine';
import { type BucketCounts, type Buckets, createBucketCounts } from './bucket-counts.ts';
import { createHistogram, LATENCY_NS_MAX, type SegmentHistogram, summarise } from './histogram.ts';
import { type LatencySummary, SEGMENTS, type Segment } from './segment.ts';

export type LatencyRecorder = {
  /** Below 0 counts as 0, beyond 60 s as 60 s. */
  record(segment: Segment, ns: number): void;
  /** Segments in which something was recorded; some 0.1 ms a segment. */
  summaries(): Partial<Record<Segment, LatencySummary>>;
  /** Of the whole run, for segments in which something was recorded; a microsecond a segment. */
  buckets(): readonly (Buckets & { segment: Segment })[];
  /** With intervals: ends that of one segment, if one is due. Call it after every few ticks. */
  onTime(nowNs: Nanoseconds): void;
  /**
   * The run so far as an HDR histogram log, version 1.3: a line a segment, tagged with its name,
   * or with intervals one a segment and interval; the lines of a tag add up to the run.
   */
  log(nowNs: Nanoseconds): string;
  /** Gives the memory back; nothing may be called after it. */
  destroy(): void;
};

export type LatencyRecorderOptions = {
  originNs: bigint;
  /** When the run began, on its clock. */
  startNs: Nanoseconds;
  /**
   * Keeps intervals of about a second as well, so that latency over time can be drawn. Ending one
   * costs its thread some 0.1 ms, which is why `onTime` ends one at a time.
   */
  hasIntervals: boolean;
};

type Interval = {
  histogram: SegmentHistogram;
  startNs: Nanoseconds;
  widthNs: number;
  /** Ended at the present width. */
  ended: number;
};

type Workings = {
  originSeconds: number;
  startNs: Nanoseconds;
  whole: Record<Segment, SegmentHistogram>;
  intervals: Record<Segment, Interval> | undefined;
  /** Lines of the intervals that ended. */
  lines: string[];
  /** Where to look first for an interval that is due. */
  turn: number;
};

/** After so many intervals the next are twice as wide: a week has 3,000 a segment, not 600,000. */
const INTERVALS_PER_WIDTH = 240;

export function createLatencyRecorder(options: LatencyRecorderOptions): LatencyRecorder {
  const { startNs, hasIntervals } = options;
  const whole = bySegment(createHistogram);
  const buckets: Record<Segment, BucketCounts> = bySegment(createBucketCounts);
  const intervals = hasIntervals ? createIntervals(startNs) : undefined;
  const originSeconds = Number(options.originNs / BigInt(SECOND_NS));
  const workings: Workings = { originSeconds, startNs, whole, intervals, lines: [], turn: 0 };
  return {
    record(segment, ns) {
      const value = ns < 0 ? 0 : Math.min(ns, LATENCY_NS_MAX);
      whole[segment].recordValue(value);
      buckets[segment].record(value);
      intervals?.[segment].histogram.recordValue(value);
    },
    summaries() {
      const recorded = SEGMENTS.filter(segment => whole[segment].totalCount > 0);
      return Object.fromEntries(recorded.map(segment => [segment, summarise(whole[segment])]));
    },
    buckets() {
      const read = SEGMENTS.map(segment => ({ segment, ...buckets[segment].read() }));
      return read.filter(({ count }) => count > 0);
    },
    onTime: nowNs => endOneInterval(workings, nowNs),
    log: nowNs => logOf(workings, nowNs),
    destroy() {
      for (const segment of SEGMENTS) {
        whole[segment].destroy();
        intervals?.[segment].histogram.destroy();
      }
    },
  };
}

function bySegment<Value>(make: () => Value): Record<Segment, Value> {
  const entries = SEGMENTS.map(segment => [segment, make()] as const);
  return Object.fromEntries(entries) as Record<Segment, Value>;
}

/** The first encoding of all takes milliseconds: here, before the run. */
function createIntervals(startNs: Nanoseconds): Record<Segment, Interval> {
  const intervals = bySegment(() => ({
    ...{ histogram: createHistogram(), startNs, widthNs: SECOND_NS, ended: 0 },
  }));
  encodeIntoCompressedBase64(intervals.ingest.histogram);
  return intervals;
}

function endOneInterval(workings: Workings, nowNs: Nanoseconds): void {
  const { intervals, lines } = workings;
  if (intervals === undefined) return;
  for (let looked = 0; looked < SEGMENTS.length; looked++) {
    const segment = SEGMENTS[workings.turn]!;
    workings.turn = (workings.turn + 1) % SEGMENTS.length;
    const interval = intervals[segment];
    if (nowNs - interval.startNs < interval.widthNs) continue;
    const isEmpty = interval.histogram.totalCount === 0;
    if (!isEmpty) {
      lines.push(lineOf(workings, segment, { ...interval, endNs: nowNs }));
      interval.histogram.reset();
      interval.ended++;
    }
    interval.startNs = nowNs;
    if (interval.ended === INTERVALS_PER_WIDTH) {
      interval.ended = 0;
      interval.widthNs *= 2;
    }
    if (!isEmpty) return;
  }
}

function logOf(workings: Workings, nowNs: Nanoseconds): string {
  const { whole, intervals, startNs, originSeconds, lines } = workings;
  const head: string[] = [];
  const writer = new HistogramLogWriter(line => void head.push(line));
  const startSeconds = originSeconds + startNs / SECOND_NS;
  const startText = new Date(startSeconds * 1000).toISOString();
  const start = `${startSeconds.toFixed(3)} (seconds since epoch), ${startText}`;
  writer.outputLogFormatVersion();
  writer.outputComment(`[StartTime: ${start}]`);
  writer.outputComment('[Values in nanoseconds, Interval_Max in microseconds, times of the run]');
  writer.outputLegend();
  const last = SEGMENTS.filter(segment => whole[segment].totalCount > 0).map(segment => {
    const open = intervals?.[segment] ?? { histogram: whole[segment], startNs };
    return open.histogram.totalCount === 0
      ? ''
      : lineOf(workings, segment, { ...open, endNs: nowNs });
  });
  return [...head, ...lines, ...last].join('');
}

/** Times in seconds, as the library wants them here; `reset` takes a histogram's tag. */
function lineOf(
  { originSeconds }: Workings,
  segment: Segment,
  { histogram, startNs, endNs }: { histogram: SegmentHistogram; startNs: number; endNs: number },
): string {
  let text = '';
  const writer = new HistogramLogWriter(line => {
    text += line;
  });
  histogram.tag = segment;
  const [start, end] = [startNs, endNs].map(ns => originSeconds + ns / SECOND_NS);
  writer.outputIntervalHistogram(histogram, start, end);
  return text;
}
