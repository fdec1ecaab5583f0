/** Latency as recorded, written and read back. */
import { build, HistogramLogReader } from 'hdr-histogram-js';
import { afterEach, describe, expect, it } from 'vitest';
import { OutriderError, SECOND_NS, seededRandom } from '#engine';
import { edgeLatency } from './edge-latency.ts';
import { readLatencyLog } from './read-log.ts';
import { createLatencyRecorder, type LatencyRecorder } from './recorder.ts';
import { SEGMENTS } from './segment.ts';

const ORIGIN_NS = 1_399_000_000n * 1_000_000_000n;
const START_NS = 7 * SECOND_NS;
const open: LatencyRecorder[] = [];

afterEach(() => {
  for (const recorder of open.splice(0)) recorder.destroy();
});

function recorderOf(hasIntervals: boolean): LatencyRecorder {
  const recorder = createLatencyRecorder({ originNs: ORIGIN_NS, startNs: START_NS, hasIntervals });
  open.push(recorder);
  return recorder;
}

describe('the recorder', () => {
  it('keeps three digits from a nanosecond to a minute, or percentiles would be guesses', () => {
    const random = seededRandom(3);
    const recorder = recorderOf(false);
    const values = Array.from({ length: 20_000 }, () =>
      Math.floor(10 ** (random.nextFloat() * 10.7)),
    );
    for (const value of values) recorder.record('verify', value);
    values.sort((a, b) => a - b);
    const summary = recorder.summaries().verify!;
    expect(summary.count).toBe(20_000);
    for (const [name, share] of [
      ['p50', 0.5],
      ['p90', 0.9],
      ['p99', 0.99],
      ['p999', 0.999],
    ] as const) {
      const exact = values[Math.ceil(share * values.length) - 1]!;
      expect(Math.abs(summary[name] / exact - 1)).toBeLessThan(0.001);
    }
    expect(Math.abs(summary.max / values.at(-1)! - 1)).toBeLessThan(0.001);
  });

  it('counts what is out of range at its edge: a stall must not end the run or vanish', () => {
    const recorder = recorderOf(false);
    recorder.record('order-to-ack', 3600 * SECOND_NS);
    recorder.record('order-to-ack', -5);
    const { count, max, p50 } = recorder.summaries()['order-to-ack']!;
    expect(count).toBe(2);
    expect(max / (60 * SECOND_NS)).toBeCloseTo(1, 3);
    expect(p50).toBe(0);
  });

  it('ends one interval a call: a tick must not wait for all of them', () => {
    const recorder = recorderOf(true);
    for (const segment of SEGMENTS) recorder.record(segment, 1000);
    recorder.onTime(START_NS + SECOND_NS);
    recorder.onTime(START_NS + 2 * SECOND_NS);
    const read = readLatencyLog(recorder.log(START_NS + 3 * SECOND_NS));
    const ends = Object.values(read).map(({ intervals }) => intervals[0]!.endSeconds % 100);
    expect(ends).toEqual([8, 9, ...SEGMENTS.slice(2).map(() => 10)]);
  });

  it('shows nothing of a segment in which nothing happened', () => {
    const recorder = recorderOf(true);
    recorder.record('risk', 500);
    expect(Object.keys(recorder.summaries())).toEqual(['risk']);
    expect(Object.keys(readLatencyLog(recorder.log(START_NS + 1)))).toEqual(['risk']);
  });
});

describe('latency.hlog', () => {
  it('reads back with the figures that were recorded, or a report could not be checked', () => {
    const recorder = recorderOf(false);
    for (const [at, segment] of SEGMENTS.entries()) {
      for (let value = 1; value <= 1000; value++) recorder.record(segment, value * (at + 1) * 997);
    }
    const log = recorder.log(START_NS + 90 * SECOND_NS);
    const read = readLatencyLog(log);
    const summaries = Object.entries(read).map(([segment, { summary }]) => [segment, summary]);
    expect(Object.fromEntries(summaries)).toEqual(recorder.summaries());
    const { intervals, curve } = read.encode!;
    expect(intervals).toHaveLength(1);
    expect(intervals[0]).toMatchObject({ startSeconds: 1_399_000_007, endSeconds: 1_399_000_097 });
    expect(curve.at(0)!.share).toBe(0);
    expect(curve.at(-1)!.share).toBeCloseTo(0.999);
    expect(curve.map(({ ns }) => ns)).toEqual(curve.map(({ ns }) => ns).sort((a, b) => a - b));
  });

  it('is read by the library in plain JavaScript too: other tools must understand it', () => {
    const recorder = recorderOf(false);
    for (let value = 1; value <= 500; value++) recorder.record('draft', value * 1000);
    const reader = new HistogramLogReader(recorder.log(START_NS + SECOND_NS));
    const histogram = reader.nextIntervalHistogram()!;
    expect(histogram.tag).toBe('draft');
    const plain = build({ highestTrackableValue: 1e9 });
    for (let value = 1; value <= 500; value++) plain.recordValue(value * 1000);
    expect(histogram.getValueAtPercentile(90)).toBe(plain.getValueAtPercentile(90));
    expect(reader.nextIntervalHistogram()).toBeNull();
  });

  it('adds up over its intervals, each with its own seconds', () => {
    const recorder = recorderOf(true);
    for (let second = 0; second < 5; second++) {
      for (let n = 0; n < 10; n++) recorder.record('ingest', (second + 1) * 1000);
      recorder.onTime(START_NS + second * SECOND_NS + SECOND_NS / 2);
      recorder.onTime(START_NS + (second + 1) * SECOND_NS);
    }
    recorder.record('ingest', 9000);
    const { ingest } = readLatencyLog(recorder.log(START_NS + 5.5 * SECOND_NS));
    expect(ingest!.summary).toEqual(recorder.summaries().ingest);
    expect(ingest!.intervals.map(({ count }) => count)).toEqual([10, 10, 10, 10, 10, 1]);
    expect(ingest!.intervals.map(({ p50 }) => Math.round(p50 / 1000))).toEqual([1, 2, 3, 4, 5, 9]);
    expect(ingest!.intervals[2]).toMatchObject({
      startSeconds: 1_399_000_009,
      endSeconds: 1_399_000_010,
    });
  });

  it('grows by the logarithm of the run: a week must not fill memory with intervals', () => {
    const recorder = recorderOf(true);
    for (let second = 1; second <= 4000; second++) {
      recorder.record('ingest', 1000);
      recorder.onTime(START_NS + second * SECOND_NS);
    }
    const { ingest } = readLatencyLog(recorder.log(START_NS + 4000 * SECOND_NS));
    expect(ingest!.summary.count).toBe(4000);
    expect(ingest!.intervals.length).toBeLessThan(1200);
  });

  it.each([
    ['Tag=nobody,1.000,1.000,1.000,HISTFAAA', 'nobody'],
    ['Tag=ingest,1.000,1.000,1.000,HISTFAAAAAAAnonsense', 'latency.hlog'],
  ])('refuses a damaged line (%s) by name instead of showing wrong figures', (line, named) => {
    const read = () => readLatencyLog(`${line}\n`);
    expect(read).toThrow(OutriderError);
    expect(read).toThrow(named);
  });
});

it('maps each moment of the edge to its segment, or the wrong part would be blamed', () => {
  const recorded: [string, number][] = [];
  const latency = edgeLatency({ record: (segment, ns) => recorded.push([segment, ns]) });
  latency.ingested(100, 110);
  latency.observed(110, 150);
  latency.provisional({ injectedNs: 100, startedNs: 160, draftedNs: 200, nowNs: 230 });
  latency.verified(300, 900, 450);
  latency.hit(100, 175);
  latency.miss(100, 950);
  expect(recorded).toEqual([
    ['ingest', 10],
    ['features', 40],
    ['draft', 40],
    ['decide', 30],
    ['tick-to-provisional', 130],
    ['verify', 600],
    ['service', 450],
    ['tick-to-verified-hit', 75],
    ['tick-to-verified-miss', 850],
  ]);
});
