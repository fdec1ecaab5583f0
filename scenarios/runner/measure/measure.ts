/** Raw values of a scenario from its logs and bytes, every moment counted from the feed's begin. */
import type { Nanoseconds } from '#engine';
import { readFix, type SeenMessage } from './fix-bytes.ts';
import { emptyMeasured, type MetricName, type Sample } from './metric.ts';
import type { Traces } from './traces.ts';

export type MeasureInput = Pick<
  Traces,
  'edge' | 'fromEdge' | 'fromUnixMs' | 'received' | 'answers'
>;

export function measure(input: MeasureInput): Record<MetricName, Sample[]> {
  const measured = emptyMeasured();
  measureTicks(input, measured);
  measureForecasts(input, measured);
  measureOrders(input, measured);
  return measured;
}

type Measuring = Record<MetricName, Sample[]>;

function measureTicks({ edge, fromEdge }: MeasureInput, measured: Measuring): void {
  for (const { dueNs, takenNs, ticks } of edge.batches) {
    const atNs = fromEdge(takenNs);
    measured.ingest.push({ atNs, value: Math.max(0, takenNs - dueNs) });
    for (let tick = 0; tick < ticks; tick++) measured.ticks.push({ atNs, value: 1 });
  }
  for (const ns of edge.lateNs) measured.late.push({ atNs: fromEdge(ns), value: 1 });
  for (const ns of edge.gapNs) measured.gaps.push({ atNs: fromEdge(ns), value: 1 });
}

const SEGMENTS = {
  provisional: 'tick-to-provisional',
  hit: 'tick-to-verified-hit',
  miss: 'tick-to-verified-miss',
} as const;

/** A move is told by the first forecast of its index: what came first says whether it was a hit. */
function measureForecasts({ edge, fromEdge }: MeasureInput, measured: Measuring): void {
  const moves = new Map<string, { atNs: Nanoseconds; isHit: boolean; isVerified: boolean }>();
  let epoch = 0;
  const last = new Map<number, number>();
  for (const { timeNs, dueNs, instrument, moveIndex, kind } of edge.forecasts) {
    const atNs = fromEdge(timeNs);
    measured[SEGMENTS[kind]].push({ atNs, value: Math.max(0, timeNs - dueNs) });
    // Indices begin anew with an epoch.
    if (moveIndex < (last.get(instrument) ?? 0)) epoch++;
    last.set(instrument, moveIndex);
    const key = `${epoch} ${instrument} ${moveIndex}`;
    const move = moves.get(key);
    if (move === undefined) {
      moves.set(key, { atNs, isHit: kind === 'hit', isVerified: kind !== 'provisional' });
    } else {
      move.isVerified ||= kind !== 'provisional';
    }
  }
  for (const { atNs, isHit, isVerified } of moves.values()) {
    measured.moves.push({ atNs, value: 1 });
    measured.hits.push({ atNs, value: isHit ? 1 : 0 });
    measured.verified.push({ atNs, value: isVerified ? 1 : 0 });
  }
}

function measureOrders(input: MeasureInput, measured: Measuring): void {
  const count = (name: MetricName, { sentMs }: SeenMessage) =>
    measured[name].push({ atNs: input.fromUnixMs(sentMs), value: 1 });
  for (const message of readFix(input.received).messages) {
    if (message.isDuplicate) continue;
    if (message.type === 'D') count('orders', message);
    if (message.type === 'G' || message.type === 'F') count('changes', message);
  }
  for (const answer of readFix(input.answers).messages) {
    const execution = answer.type === '8' ? answer.fields.get(150) : undefined;
    if (execution === 'F') count('fills', answer);
    if (execution === '8' || answer.type === '9') count('rejects', answer);
  }
}
