/** Risk of one gateway: its flat memory, and the calls that work on it. */
import type { CallRisk, Kernels } from '#native';
import { createRiskMemory } from './create-memory.ts';
import { HEADER, PART } from './layout.ts';
import { LINE } from './line-layout.ts';
import type { RiskTopology } from './topology.ts';
import { bindRiskTwin } from './twin.ts';

export type Risk = {
  readonly topology: RiskTopology;
  /** All it knows: a snapshot is a copy of it, to be copied back in place. */
  readonly memory: Float64Array;
  /** Bound to the memory. */
  readonly kernel: { readonly call: CallRisk };
  /** Desks, by place, that ask again once the order of ours that they would meet is gone. */
  readonly waiting: number[];
  /** A rule tripped within this step. */
  hasTripped: boolean;
};

/** In Rust where it was built, else its twin. */
export function createRisk(topology: RiskTopology, { bindRisk = bindRiskTwin }: Kernels): Risk {
  const memory = createRiskMemory(topology);
  const kernel = { call: bindRisk(memory) };
  return { topology, memory, kernel, waiting: [], hasTripped: false };
}

type Place = { readonly strategy: number; readonly instrument: number };

/** Where the line of a strategy in an instrument begins. */
export function lineAt(memory: Float64Array, { strategy, instrument }: Place): number {
  const line = instrument * memory[HEADER.strategies]! + strategy;
  return memory[HEADER.linesAt]! + line * PART.lineValues;
}

/** Writes who a record at `input` is about. */
export function writePlace(memory: Float64Array, input: number, place: Place): number {
  const line = lineAt(memory, place);
  memory[input + 2] = memory[line + LINE.desk]!;
  memory[input + 3] = place.strategy;
  memory[input + 4] = memory[line + LINE.account]!;
  memory[input + 5] = place.instrument;
  return line;
}

/** Where the scope of an account begins. */
export function accountAt(memory: Float64Array, account: number): number {
  const before =
    1 + memory[HEADER.venues]! + memory[HEADER.desks]! + memory[HEADER.strategies]! + account;
  return memory[HEADER.scopesAt]! + before * PART.scopeValues;
}
