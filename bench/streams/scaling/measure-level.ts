/** Bursts at one level: processes of one topology, started for it, that work them off together. */

import { join } from 'node:path';
import { SECOND_NS } from '#engine';
import { ROOT } from '../../replay/results.ts';
import { type BenchKafka, makeTopics } from '../bench-kafka.ts';
import { openLoad } from '../load.ts';
import { nowNs } from '../now.ts';
import { type StreamSide, startSide } from '../stream-side.ts';
import type { Level, Measured } from './levels.ts';

const PROGRAM = join(ROOT, 'bench', 'streams', 'stream-program.ts');
const COMMIT_MS = 100;

/** What the processes of a level run. */
type Work = {
  /** Enough for processor time that is told in hundredths of a second. */
  readonly burstRecords: number;
  /** Topics by their parameters' names; the last one's records carry the time of their input. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
};

/** The first burst is a rehearsal, on top of those asked for. */
export async function measureLevel(
  kafka: BenchKafka,
  level: Level,
  bursts: number,
): Promise<Measured> {
  const { name, partitions, instruments } = level;
  const work = workOf(level);
  const [input, table] = [`${name}-input`, `${name}-table`];
  await makeTopics(kafka, partitions, [input, table, ...Object.values(work.outputs)]);
  const { broker } = kafka;
  const load = await openLoad({ broker, topic: input, partitions, keys: instruments });
  const sides: StreamSide[] = [];
  try {
    await load.rows(table);
    for (let process = 1; process <= level.processes; process++) {
      sides.push(await startProcess(kafka, { level, work, process, inputs: { input, table } }));
    }
    const seen: Burst[] = [];
    for (let burst = 0; burst <= bursts; burst++) {
      await load.burst(work.burstRecords);
      seen.push(await workOff(kafka, sides, { work, bursts: burst + 1 }));
    }
    const measured = seen.slice(1);
    return {
      ...level,
      recordsPerSecond: measured.map(each => each.recordsPerSecond),
      cpuNs: measured.map(each => each.cpuNs),
      brokerCpuNs: measured.map(each => each.brokerCpuNs),
    };
  } finally {
    for (const side of sides) await side.stop();
    await load.close();
  }
}

function workOf({ name, sweep }: Level): Work {
  if (sweep === 'map') {
    return {
      burstRecords: 240_000,
      outputs: { output: `${name}-output` },
      parameters: { topology: 'one-to-one', guarantee: 'at-least-once' },
    };
  }
  return {
    burstRecords: 120_000,
    outputs: { counts: `${name}-counts`, joined: `${name}-joined` },
    parameters: { topology: 'count-and-join', guarantee: 'exactly-once' },
  };
}

type Started = {
  readonly level: Level;
  readonly work: Work;
  /** Which of the level's, from 1 on. */
  readonly process: number;
  readonly inputs: Readonly<Record<string, string>>;
};

function startProcess(kafka: BenchKafka, { level, work, process, inputs }: Started) {
  const outputs = Object.values(work.outputs);
  return startSide({
    ...{ name: `processor ${process}`, kafka, partitions: level.partitions, folder: ROOT },
    ...{ outputs, timed: outputs.at(-1)!, command: [globalThis.process.execPath, PROGRAM] },
    parameters: {
      ...{ ...inputs, ...work.outputs, ...work.parameters, application: level.name },
      ...{ processor: String(process), commitMs: String(COMMIT_MS) },
    },
  });
}

type Burst = {
  readonly recordsPerSecond: number;
  readonly cpuNs: number;
  readonly brokerCpuNs: number;
};

/** From when they may begin until a reader of committed records has the last of their outputs. */
async function workOff(
  kafka: BenchKafka,
  sides: readonly StreamSide[],
  { work, bursts }: { readonly work: Work; readonly bursts: number },
): Promise<Burst> {
  const { burstRecords, outputs } = work;
  const cpuNs = () => sides.reduce((sum, side) => sum + side.cpuNs(), 0);
  const [cpuBefore, brokerBefore, startedNs] = [cpuNs(), kafka.cpuNs(), nowNs()];
  for (const side of sides) side.goOn();
  const outputRecords = bursts * burstRecords * Object.keys(outputs).length;
  const { lastNs } = await sides[0]!.meter.readTo(outputRecords);
  for (const side of sides) side.halt();
  return {
    recordsPerSecond: (burstRecords * SECOND_NS) / (lastNs - startedNs),
    cpuNs: (cpuNs() - cpuBefore) / burstRecords,
    brokerCpuNs: (kafka.cpuNs() - brokerBefore) / burstRecords,
  };
}
