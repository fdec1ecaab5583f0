/**
 * What partitions, instruments and processes cost, the law of scaling over processes, and what
 * follows on paper: it prints the tables of `docs/scaling.md`.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '#engine';
import { ROOT } from '../../replay/results.ts';
import { shuffled } from '../../statistics.ts';
import type { BenchKafka } from '../bench-kafka.ts';
import type { StreamsBench } from '../streams-bench.ts';
import { costRows, measuredCosts, readCosts } from './cost-rows.ts';
import { allLevels, type Measured, MIDDLE } from './levels.ts';
import { measureLevel } from './measure-level.ts';
import { feedTable, speculationTable } from './on-paper.ts';
import { fitLaw } from './scalability-law.ts';
import { lawText, ofSweep, sweepTables } from './sweep-tables.ts';

const DOCUMENT = join(ROOT, 'docs', 'scaling.md');
/** Until then the broker's compilers have done most of their work. */
const REHEARSAL_BURSTS = 8;

export const benchScaling: StreamsBench = async ({ kafka, rounds }) => {
  const document = readFileSync(DOCUMENT, 'utf8');
  await measureLevel(kafka, { ...MIDDLE, name: 'rehearsal', sweep: 'processes' }, REHEARSAL_BURSTS);
  const measured = await measureAll(kafka, rounds);
  const law = fitLaw(
    ofSweep('processes', measured).map(({ processes: n, recordsPerSecond: throughputs }) => {
      return { n, throughputs };
    }),
  );
  const own = measuredCosts(measured);
  const costs = { ...readCosts(document), ...own };
  const text = [
    `tables of docs/scaling.md, ${rounds} bursts a level, all levels in random order:`,
    ...[costRows(own, measured), sweepTables(measured), lawText(law)],
    ...[feedTable(costs), speculationTable(costs)],
  ].join('\n\n');
  return { text, figures: { measured, law, costs } };
};

/** In random order: what changes while it runs falls on no end of a sweep. */
async function measureAll(kafka: BenchKafka, rounds: number): Promise<Measured[]> {
  const levels = shuffled(allLevels(), seededRandom('scaling').nextFloat);
  const measured: Measured[] = [];
  for (const level of levels) {
    measured.push(await measureLevel(kafka, level, rounds));
    console.error(`${measured.length} of ${levels.length}: ${level.name}`);
  }
  return measured;
}
