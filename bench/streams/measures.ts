/** What is compared of clients and of stream programs, and what is asked of it. */

import { durationText } from '../report-html/number-text.ts';
import type { ClientFigures } from './client-rounds.ts';
import type { ProcessorFigures } from './processor-rounds.ts';
import type { Asked, Measure } from './side-comparison.ts';

const perSecond = (rate: number) => rate.toFixed(0);

export const CLIENT_MEASURES: readonly Measure<ClientFigures>[] = [
  { name: 'produced a second', read: of => of.produced, text: perSecond, asked: { atLeast: 0.9 } },
  { name: 'consumed a second', read: of => of.consumed, text: perSecond, asked: { atLeast: 0.9 } },
  {
    ...{ name: 'in transactions of 1,000, a second', read: of => of.transacted, text: perSecond },
    asked: { atLeast: 0.85 },
  },
  { name: 'p50', read: of => of.p50Ns, text: durationText, asked: { atMost: 1.15 } },
  { name: 'p99', read: of => of.p99Ns, text: durationText },
];

/** Of stream programs, whose throughput and p50 are asked for. */
export function processorMeasures(
  throughput: Asked,
  p50: Asked,
): readonly Measure<ProcessorFigures>[] {
  return [
    {
      ...{ name: 'records a second', read: of => of.recordsPerSecond, text: perSecond },
      asked: throughput,
    },
    { name: 'p50', read: of => of.p50Ns, text: durationText, asked: p50 },
    { name: 'p99', read: of => of.p99Ns, text: durationText },
    { name: 'its processor time a record', read: of => of.cpuNs, text: durationText },
    { name: 'the same at the steady rate', read: of => of.steadyCpuNs, text: durationText },
    { name: "the broker's a record", read: of => of.brokerCpuNs, text: durationText },
  ];
}
