/** Reads an HDR histogram log back: summaries, percentile curves and intervals of each segment. */

import { HistogramLogReader, listTags } from 'hdr-histogram-js';
import { OutriderError } from '#engine';
import { createHistogram, type SegmentHistogram, summarise } from './histogram.ts';
import { isSegment, type LatencySummary, SEGMENTS, type Segment } from './segment.ts';

export type SegmentReading = {
  summary: LatencySummary;
  /** Rising: share of values (0..1, below 1) at or under `ns`, as far as the count carries it. */
  curve: { share: number; ns: number }[];
  /** One for the run, or one a second and segment where they were kept. */
  intervals: LatencyInterval[];
};

export type LatencyInterval = {
  startSeconds: number;
  endSeconds: number;
  count: number;
  p50: number;
  p99: number;
  max: number;
};

export type LatencyReading = Partial<Record<Segment, SegmentReading>>;

/** Points of a percentile curve for every tenfold rarer value. */
const POINTS_PER_NINE = 16;

/** @throws OutriderError `bad-data` where the text is no log of our segments. */
export function readLatencyLog(text: string, path = 'latency.hlog'): LatencyReading {
  const unknown = listTags(text).find(tag => !isSegment(tag));
  if (unknown !== undefined) throw badLog(path, `tag "${unknown}" is none of our segments`);
  const wholes = new Map<Segment, SegmentHistogram>();
  const intervals = new Map<Segment, LatencyInterval[]>();
  try {
    for (const histogram of histogramsOf(text)) {
      const segment = histogram.tag as Segment;
      const whole = wholes.get(segment) ?? createHistogram();
      wholes.set(segment, whole);
      whole.add(histogram);
      const known = intervals.get(segment) ?? [];
      intervals.set(segment, known);
      known.push(intervalOf(histogram));
      histogram.destroy();
    }
    const read = SEGMENTS.filter(segment => wholes.has(segment)).map(segment => {
      const whole = wholes.get(segment)!;
      const reading = { summary: summarise(whole), curve: curveOf(whole) };
      return [segment, { ...reading, intervals: intervals.get(segment)! }] as const;
    });
    return Object.fromEntries(read);
  } catch (cause) {
    throw badLog(path, cause instanceof Error ? cause.message : String(cause), cause);
  } finally {
    for (const whole of wholes.values()) whole.destroy();
  }
}

function* histogramsOf(text: string): Generator<SegmentHistogram> {
  const reader = new HistogramLogReader(text, 32, true);
  for (;;) {
    const histogram = reader.nextIntervalHistogram();
    if (histogram === null) return;
    yield histogram as SegmentHistogram;
  }
}

function intervalOf(histogram: SegmentHistogram): LatencyInterval {
  const { startTimeStampMsec, endTimeStampMsec } = histogram;
  const { count, p50, p99, max } = summarise(histogram);
  const [startSeconds, endSeconds] = [startTimeStampMsec / 1000, endTimeStampMsec / 1000];
  return { startSeconds, endSeconds, count, p50, p99, max };
}

function curveOf(histogram: SegmentHistogram): SegmentReading['curve'] {
  const nines = Math.log10(histogram.totalCount);
  const curve: SegmentReading['curve'] = [];
  for (let point = 0; point <= nines * POINTS_PER_NINE; point++) {
    const share = 1 - 10 ** (-point / POINTS_PER_NINE);
    curve.push({ share, ns: histogram.getValueAtPercentile(100 * share) });
  }
  return curve;
}

function badLog(path: string, reason: string, cause?: unknown): OutriderError {
  const message = `${path}: no latency log of a run (${reason}); was it cut or edited?`;
  return new OutriderError('bad-data', message, { cause });
}
