/** What partitions, instruments and processes cost: a burst a level, and the scalability law. */

import { join } from 'node:path';
import { SECOND_NS } from '#engine';
import { ROOT } from '../replay/results.ts';
import { durationText } from '../report-html/number-text.ts';
import { median } from '../statistics.ts';
import { textTable } from '../table.ts';
import { type BenchKafka, makeTopics } from './bench-kafka.ts';
import { openLoad } from './load.ts';
import { nowNs } from './now.ts';
import { fitLaw, type LawFit } from './scalability-law.ts';
import { type StreamSide, startSide } from './stream-side.ts';
import type { StreamsBench } from './streams-bench.ts';

/** What changes from level to level. */
type Setting = {
  readonly partitions: number;
  readonly instruments: number;
  readonly processes: number;
};

type Measured = Setting & {
  readonly sweep: keyof Setting;
  readonly recordsPerSecond: readonly number[];
  /** Of all processes, and of the broker, nanoseconds a record. */
  readonly cpuNs: readonly number[];
  readonly brokerCpuNs: readonly number[];
};

const BASE: Setting = { partitions: 8, instruments: 1_000, processes: 1 };
const LEVELS: Readonly<Record<keyof Setting, readonly number[]>> = {
  partitions: [1, 2, 4, 8, 16, 32, 64],
  instruments: [1, 10, 100, 1_000],
  processes: [1, 2, 3, 4],
};
const BURST_RECORDS = 60_000;
const OUTPUTS_A_RECORD = 2;
const COMMIT_MS = 100;

export const benchScaling: StreamsBench = async ({ kafka, rounds }) => {
  const measured: Measured[] = [];
  for (const sweep of Object.keys(LEVELS) as (keyof Setting)[]) {
    for (const level of LEVELS[sweep]) {
      const setting = { ...BASE, [sweep]: level };
      const name = `${sweep}-${level}`;
      const figures = await measureLevel(kafka, { name, setting, rounds });
      measured.push({ ...setting, sweep, ...figures });
      console.error(rowOf(measured.at(-1)!).join('  '));
    }
  }
  const levels = measured.filter(({ sweep }) => sweep === 'processes');
  const law = fitLaw(
    levels.map(({ processes: n, recordsPerSecond: throughputs }) => ({ n, throughputs })),
  );
  const heading = ['', 'records a second', 'processor time a record', "the broker's"];
  const text = [
    `count in windows and join, exactly once, in bursts of ${BURST_RECORDS}, ${rounds} rounds:`,
    textTable([heading, ...measured.map(rowOf)]),
    lawText(law),
  ].join('\n');
  return { text, figures: { measured, law } };
};

function rowOf({ sweep, recordsPerSecond, cpuNs, brokerCpuNs, ...setting }: Measured): string[] {
  return [
    `${sweep} ${setting[sweep]}`,
    median(recordsPerSecond).toFixed(0),
    ...[cpuNs, brokerCpuNs].map(each => durationText(median(each))),
  ];
}

function lawText(law: LawFit | undefined): string {
  if (law === undefined) return 'processes: too few levels for a law';
  const { rate, contention, crosstalk, intervals, peakAt, doubts } = law;
  const between = ([low, high]: readonly [number, number]) =>
    `${low.toPrecision(3)}..${high.toPrecision(3)}`;
  return [
    `processes: ${rate.toFixed(0)} a second by one (${between(intervals.rate)}), contention ` +
      `${contention.toPrecision(3)} (${between(intervals.contention)}), crosstalk ` +
      `${crosstalk.toPrecision(3)} (${between(intervals.crosstalk)}), peak at ` +
      `${peakAt.toFixed(1)} processes`,
    ...doubts.map(doubt => `  not to be read off: ${doubt}`),
  ].join('\n');
}

type Level = { readonly name: string; readonly setting: Setting; readonly rounds: number };

async function measureLevel(kafka: BenchKafka, { name, setting, rounds }: Level) {
  const { partitions, instruments } = setting;
  const topicOf = (kind: string) => `${name}-${kind}`;
  const topics = { input: topicOf('input'), table: topicOf('table') };
  const outputs = { counts: topicOf('counts'), joined: topicOf('joined') };
  await makeTopics(kafka, partitions, [...Object.values(topics), ...Object.values(outputs)]);
  const { broker } = kafka;
  const load = await openLoad({ broker, topic: topics.input, partitions, keys: instruments });
  const sides: StreamSide[] = [];
  try {
    await load.rows(topics.table);
    for (let process = 1; process <= setting.processes; process++) {
      const parameters = { ...topics, ...outputs, application: name, processor: String(process) };
      sides.push(await startProcess(kafka, { partitions, parameters }));
    }
    const figures = { recordsPerSecond: [], cpuNs: [], brokerCpuNs: [] } as Record<
      'recordsPerSecond' | 'cpuNs' | 'brokerCpuNs',
      number[]
    >;
    // The first is a rehearsal.
    for (let burst = 0; burst <= rounds; burst++) {
      await load.burst(BURST_RECORDS);
      const seen = await workOff(kafka, sides, (burst + 1) * BURST_RECORDS);
      if (burst === 0) continue;
      figures.recordsPerSecond.push(seen.recordsPerSecond);
      figures.cpuNs.push(seen.cpuNs);
      figures.brokerCpuNs.push(seen.brokerCpuNs);
    }
    return figures;
  } finally {
    for (const side of sides) await side.stop();
    await load.close();
  }
}

type Started = { readonly partitions: number; readonly parameters: Record<string, string> };

function startProcess(kafka: BenchKafka, { partitions, parameters }: Started) {
  const program = join(ROOT, 'bench', 'streams', 'stream-program.ts');
  return startSide({
    ...{ name: `processor ${parameters.processor}`, kafka, partitions, folder: ROOT },
    command: [process.execPath, program],
    outputs: [parameters.counts!, parameters.joined!],
    timed: parameters.joined!,
    parameters: {
      ...{ ...parameters, topology: 'count-and-join', guarantee: 'exactly-once' },
      commitMs: String(COMMIT_MS),
    },
  });
}

async function workOff(kafka: BenchKafka, sides: readonly StreamSide[], offered: number) {
  const cpuNs = () => sides.reduce((sum, side) => sum + side.cpuNs(), 0);
  const [cpuBefore, brokerBefore, startedNs] = [cpuNs(), kafka.cpuNs(), nowNs()];
  for (const side of sides) side.goOn();
  const { lastNs } = await sides[0]!.meter.readTo(offered * OUTPUTS_A_RECORD);
  for (const side of sides) side.halt();
  return {
    recordsPerSecond: (BURST_RECORDS * SECOND_NS) / (lastNs - startedNs),
    cpuNs: (cpuNs() - cpuBefore) / BURST_RECORDS,
    brokerCpuNs: (kafka.cpuNs() - brokerBefore) / BURST_RECORDS,
  };
}
