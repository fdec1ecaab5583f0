/** Stream programs by turns on one broker: the same bursts to each, then a steady load to each. */

import { invariant, SECOND_NS, type SeededRandom, seededRandom } from '#engine';
import { shuffled } from '../statistics.ts';
import type { BenchKafka } from './bench-kafka.ts';
import type { Load } from './load.ts';
import { nowNs } from './now.ts';
import type { StreamSide } from './stream-side.ts';

/** One burst and one steady load of a side; times of processors are nanoseconds a record. */
export type ProcessorFigures = {
  readonly recordsPerSecond: number;
  readonly cpuNs: number;
  /** The broker's, for all that the side and the meter ask of it. */
  readonly brokerCpuNs: number;
  readonly p50Ns: number;
  readonly p99Ns: number;
  readonly steadyCpuNs: number;
};

/** By side: each measured twice a round, so that it also stands beside itself. */
export type ProcessorRound = Readonly<Record<string, readonly ProcessorFigures[]>>;

export type ProcessorRoundsOptions = {
  readonly kafka: BenchKafka;
  readonly sides: readonly StreamSide[];
  readonly load: Load;
  readonly rounds: number;
  /** Output records for one of the input. */
  readonly outputsARecord: number;
  readonly burstRecords: number;
  readonly steadyRecords: number;
  readonly perSecond: number;
};

const TIMES_A_ROUND = 2;
/** Until then compilers have done their work, on both sides and in the broker. */
const REHEARSALS = { bursts: 5, steady: 2 } as const;

type State = ProcessorRoundsOptions & { readonly random: SeededRandom; offered: number };

export async function measureProcessors(
  options: ProcessorRoundsOptions,
): Promise<ProcessorRound[]> {
  const state: State = { ...options, random: seededRandom('processors'), offered: 0 };
  for (const side of state.sides) side.halt();
  for (let rehearsal = 0; rehearsal < REHEARSALS.bursts; rehearsal++) await burst(state);
  for (let rehearsal = 0; rehearsal < REHEARSALS.steady; rehearsal++) {
    for (const side of state.sides) await steady(state, side);
  }
  const rounds: ProcessorRound[] = [];
  for (let round = 1; round <= state.rounds; round++) {
    const seen = new Map(state.sides.map(({ name }) => [name, [] as ProcessorFigures[]]));
    for (let time = 0; time < TIMES_A_ROUND; time++) {
      const bursts = await burst(state);
      for (const side of shuffled(state.sides, state.random.nextFloat)) {
        const figures = { ...bursts.get(side.name)!, ...(await steady(state, side)) };
        seen.get(side.name)!.push(figures);
        console.error(`round ${round} of ${state.rounds}: ${side.name}, ${textOf(figures)}`);
      }
    }
    rounds.push(Object.fromEntries(seen));
  }
  return rounds;
}

function textOf({ recordsPerSecond, cpuNs, p50Ns, p99Ns }: ProcessorFigures): string {
  const rate = `${recordsPerSecond.toFixed(0)} records a second`;
  const times = [p50Ns, p99Ns].map(each => (each / 1e6).toFixed(2)).join(' and ');
  return `${rate}, ${(cpuNs / 1e3).toFixed(1)} us CPU a record, p50 and p99 ${times} ms`;
}

type Burst = Pick<ProcessorFigures, 'recordsPerSecond' | 'cpuNs' | 'brokerCpuNs'>;

/** Stands before any side begins on it; from then until the last of its outputs was read. */
async function burst(state: State): Promise<Map<string, Burst>> {
  const { kafka, sides, load, burstRecords } = state;
  for (const side of sides) await catchUp(state, side);
  await load.burst(burstRecords);
  state.offered += burstRecords;
  const figures = new Map<string, Burst>();
  const digests = new Set<number>();
  for (const side of shuffled(sides, state.random.nextFloat)) {
    const [cpuBefore, brokerBefore] = [side.cpuNs(), kafka.cpuNs()];
    const startedNs = nowNs();
    side.goOn();
    const { lastNs, digest } = await side.meter.readTo(outputsOf(state));
    figures.set(side.name, {
      recordsPerSecond: (burstRecords * SECOND_NS) / (lastNs - startedNs),
      cpuNs: (side.cpuNs() - cpuBefore) / burstRecords,
      brokerCpuNs: (kafka.cpuNs() - brokerBefore) / burstRecords,
    });
    side.halt();
    digests.add(digest);
  }
  invariant(digests.size === 1, 'the sides put out different records for the same input');
  return figures;
}

type Steady = Pick<ProcessorFigures, 'p50Ns' | 'p99Ns' | 'steadyCpuNs'>;

async function steady(state: State, side: StreamSide): Promise<Steady> {
  const { load, steadyRecords, perSecond } = state;
  await catchUp(state, side);
  side.goOn();
  const cpuBefore = side.cpuNs();
  state.offered += steadyRecords;
  const reading = side.meter.readTo(outputsOf(state));
  const [{ latenciesNs }] = await Promise.all([reading, load.steady(steadyRecords, perSecond)]);
  const steadyCpuNs = (side.cpuNs() - cpuBefore) / steadyRecords;
  side.halt();
  const sorted = latenciesNs.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!;
  return { p50Ns: at(0.5), p99Ns: at(0.99), steadyCpuNs };
}

/** With what the others were offered while it was halted. */
async function catchUp(state: State, side: StreamSide): Promise<void> {
  side.goOn();
  await side.meter.readTo(outputsOf(state));
  side.halt();
}

const outputsOf = ({ offered, outputsARecord }: State) => offered * outputsARecord;
