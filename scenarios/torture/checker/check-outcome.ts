/** What it came to: the wishes of the source, and the positions that everyone says are held. */
import type { Evidence } from './evidence.ts';
import type { Expected } from './expect-orders.ts';
import { type Finding, finding } from './finding.ts';
import { type Units, wholeSteps } from './units.ts';
import type { Wire } from './wire.ts';

export function checkPositions(
  { settled }: Evidence,
  { wires, expected }: { wires: readonly Wire[]; expected: Expected },
): Finding[] {
  return expected.instruments.flatMap((units, instrument) => {
    const figures = {
      'by the venue’s executions': sum(wires.map(wire => executedLots(wire, units))),
      'by the log': expected.positionLots[instrument]!,
      'as the gateway says': settled.said[instrument]!,
      'as is wished for': settled.desired[instrument]!,
    };
    if (new Set(Object.values(figures)).size === 1) return [];
    const text = Object.entries(figures).map(([whose, lots]) => `${lots} ${whose}`);
    return [finding('position', `${units.symbol}: ${text.join(', ')} lots`)];
  });
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** Bought less sold; a report that came twice counts once. */
function executedLots({ down }: Wire, { symbol, lotSize }: Units): number {
  const execIds = new Set<string>();
  let lots = 0;
  for (const report of down) {
    if (report.type !== '8' || report.get(150) !== 'F' || report.get(55) !== symbol) continue;
    if (execIds.has(report.get(17))) continue;
    execIds.add(report.get(17));
    lots += (report.get(54) === '1' ? 1 : -1) * wholeSteps(report.get(32), lotSize);
  }
  return lots;
}

/** The log has the source's own wishes, none out of order, and the last one of each instrument. */
export function checkSignals({ log, signals }: Evidence): Finding[] {
  const sent = new Map(signals.map((signal, index) => [signal.id, { signal, index }]));
  const latest = new Map<number, number>();
  for (const record of log.records) {
    if (record.kind !== 'signal') continue;
    const { id, instrument } = record.wish;
    const known = sent.get(id);
    if (known === undefined) return [finding('signal', `${id}: in the log, but never sent`)];
    const { signal, index } = known;
    const isSame =
      signal.instrument === instrument &&
      signal.desiredLots === record.wish.desiredLots &&
      signal.limitIncrements === record.wish.limitIncrements &&
      signal.style === record.wish.style;
    if (!isSame) return [finding('signal', `${id}: the log has other terms than were sent`)];
    if (index < (latest.get(instrument) ?? 0)) {
      return [finding('signal', `${id}: in the log behind a later one`)];
    }
    latest.set(instrument, index);
  }
  const last = new Map(signals.map(({ instrument }, index) => [instrument, index]));
  return [...last].flatMap(([instrument, index]) => {
    if (latest.get(instrument) === index) return [];
    return [finding('signal', `${signals[index]!.id}: the last of its instrument, not in the log`)];
  });
}
