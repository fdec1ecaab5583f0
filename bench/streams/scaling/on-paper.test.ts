/** What `docs/scaling.md` says on paper follows from the figures it names, by plain products. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../replay/results.ts';
import { costRows, measuredCosts, readCosts } from './cost-rows.ts';
import { allLevels, type Measured } from './levels.ts';
import { type Costs, feedTable, speculationTable } from './on-paper.ts';

const COSTS: Costs = {
  ...{ t: 0.4, r: 0.6, m: 2, a: 1, c: 7, b: 3, p: 50_000, s: 75, g: 8 },
};

test('cores, bytes and partitions are rate times cost', () => {
  const row = (name: string) =>
    feedTable(COSTS)
      .split('\n')
      .find(line => line.includes(name))!
      .split(' | ')
      .slice(1);
  expect(row('in process')).toEqual(['0.001', '0.1', '1', '10', '120 |']);
  expect(row('mapped, brokers')).toEqual(['0.003', '0.3', '3', '30', '360 |']);
  expect(row('joined, workers')).toEqual(['0.007', '0.7', '7', '70', '840 |']);
  expect(row('joined, brokers')).toEqual(['0.009', '0.9', '9', '90', '1,080 |']);
  expect(row('bytes in')).toEqual(['104 kB/s', '10 MB/s', '104 MB/s', '1 GB/s', '12 GB/s |']);
  expect(row('bytes between').at(-1)).toBe('50 GB/s |');
  expect(row('kept').at(-1)).toBe('292 TB |');
  expect(row('partitions')).toEqual(['1', '2', '20', '200', '2,400 |']);
});

test('verifiers and gateways grow with moves and orders', () => {
  const rows = speculationTable(COSTS).split('\n');
  expect(rows[2]).toMatch(/ \| 0.15 \| 7.5 \| 75 \| 750 \|$/);
  expect(rows[3]).toMatch(/ \| 0.000016 \| 0.0008 \| 0.008 \| 0.08 \|$/);
});

test('the tables of the document are those of its figures', () => {
  const document = readFileSync(join(ROOT, 'docs', 'scaling.md'), 'utf8');
  const costs = readCosts(document);
  expect(document).toContain(`\n${feedTable(costs)}\n`);
  expect(document).toContain(`\n${speculationTable(costs)}\n`);
});

test('what was measured is read back from the rows that are printed', () => {
  const measured = allLevels().map((level, at): Measured => {
    const [cpuNs, brokerCpuNs] = level.sweep === 'map' ? [1_940, 1_020] : [6_510 + at, 2_010];
    return {
      ...level,
      recordsPerSecond: [51_234, 49_999, 52_000],
      cpuNs: [cpuNs, cpuNs * 2, cpuNs / 2],
      brokerCpuNs: [brokerCpuNs],
    };
  });
  const costs = measuredCosts(measured);
  expect(costs).toEqual({ m: 1.9, a: 1, c: 6.5, b: 2, p: 51_000 });
  const others = ['t', 'r', 's', 'g'].map(symbol => `| \`${symbol}\` | what | 1 us | by |`);
  const document = [...others, costRows(costs, measured)].join('\n');
  expect(readCosts(document)).toEqual({ ...costs, t: 1, r: 1, s: 1, g: 1 });
  expect(() => readCosts(others.join('\n'))).toThrow('no row `m`');
});
