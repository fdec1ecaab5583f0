/** Two stream programs beside each other: started, measured by turns, compared, ended. */

import { type BenchKafka, makeTopics } from './bench-kafka.ts';
import { type Load, openLoad } from './load.ts';
import { measureProcessors, type ProcessorFigures } from './processor-rounds.ts';
import { compareAll, type Measure } from './side-comparison.ts';
import { type SideOptions, type StreamSide, startSide } from './stream-side.ts';

export const INPUT = 'input';
export const PARTITIONS = 4;
export const KEYS = 1_000;
const STEADY_RECORDS = 10_000;
const STEADY_PER_SECOND = 1_000;

type Program = Omit<SideOptions, 'kafka' | 'partitions'>;

export type ProcessorsBench = {
  readonly kafka: BenchKafka;
  readonly rounds: number;
  readonly ours: Program;
  readonly theirs: Program;
  /** Topics beside the input and the outputs, and what is to stand in them before the start. */
  readonly tables: readonly string[];
  readonly outputsARecord: number;
  readonly burstRecords: number;
  readonly measures: readonly Measure<ProcessorFigures>[];
};

export async function benchProcessors(bench: ProcessorsBench) {
  const { kafka, rounds, ours, theirs, tables, measures } = bench;
  await makeTopics(kafka, PARTITIONS, [INPUT, ...tables, ...ours.outputs, ...theirs.outputs]);
  const { broker } = kafka;
  const load = await openLoad({ broker, topic: INPUT, partitions: PARTITIONS, keys: KEYS });
  for (const table of tables) await load.rows(table);
  const sides: StreamSide[] = [];
  try {
    for (const each of [ours, theirs]) {
      sides.push(await startSide({ ...each, kafka, partitions: PARTITIONS }));
    }
    const measured = await measure(bench, sides, load);
    const names = { ours: ours.name, theirs: theirs.name };
    const { comparisons, table } = compareAll(measured, names, measures);
    const heading =
      `records of 100 bytes, ${KEYS} keys, ${PARTITIONS} partitions; p50 and p99 at ` +
      `${STEADY_PER_SECOND} records a second; ${rounds} rounds:`;
    return { text: `${heading}\n${table}`, figures: { comparisons, rounds: measured } };
  } finally {
    for (const side of sides) await side.stop();
    await load.close();
  }
}

function measure(bench: ProcessorsBench, sides: readonly StreamSide[], load: Load) {
  const { kafka, rounds, outputsARecord, burstRecords } = bench;
  return measureProcessors({
    ...{ kafka, sides, load, rounds, outputsARecord, burstRecords },
    ...{ steadyRecords: STEADY_RECORDS, perSecond: STEADY_PER_SECOND },
  });
}
