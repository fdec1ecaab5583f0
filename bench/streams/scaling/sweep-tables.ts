/** What was measured at each level, a table a sweep, and the law that fits the processes. */

import { countText } from '../../report-html/number-text.ts';
import { median } from '../../statistics.ts';
import { type Measured, type Sweep, sweeps } from './levels.ts';
import { markdownTable, roundText } from './markdown-table.ts';
import type { LawFit } from './scalability-law.ts';

export const sweepTables = (measured: readonly Measured[]): string =>
  sweeps.map(sweep => sweepTable(sweep, ofSweep(sweep, measured))).join('\n\n');

/** In the order of its levels, in whatever order they were measured. */
export const ofSweep = (sweep: Sweep, measured: readonly Measured[]): Measured[] =>
  measured.filter(each => each.sweep === sweep).sort((one, other) => one[sweep] - other[sweep]);

function sweepTable(sweep: Sweep, levels: readonly Measured[]): string {
  const us = (read: (level: Measured) => readonly number[]) =>
    levels.map(level => roundText(median(read(level)) / 1_000));
  return markdownTable([
    [sweep, ...levels.map(level => countText(level[sweep]))],
    [
      'records a second',
      ...levels.map(({ recordsPerSecond }) => countText(Math.round(median(recordsPerSecond)))),
    ],
    ['processor time a record, us', ...us(level => level.cpuNs)],
    ["the broker's, us", ...us(level => level.brokerCpuNs)],
  ]);
}

export function lawText(law: LawFit | undefined): string {
  if (law === undefined) return 'processes: too few levels for a law';
  const { rate, contention, crosstalk, intervals, peakAt, doubts } = law;
  const between = ([low, high]: readonly [number, number]) => `(${figure(low)}..${figure(high)})`;
  return [
    `processes: ${figure(rate)} a second by one ${between(intervals.rate)}, contention ` +
      `${figure(contention)} ${between(intervals.contention)}, crosstalk ` +
      `${figure(crosstalk)} ${between(intervals.crosstalk)}, peak at ${figure(peakAt)} processes`,
    ...doubts.map(doubt => `  not to be read off: ${doubt}`),
  ].join('\n');
}

const figure = (value: number) =>
  value.toLocaleString('en-US', { maximumSignificantDigits: value < 1_000 ? 3 : 6 });
