/** Functions and blocks that an item of a microbench runs: the same number on a busy machine. */

import { join } from 'node:path';
import { endOf, nextJson, startProgram } from './replay/program.ts';
import { ROOT } from './replay/results.ts';

export type Steps = {
  /**
   * Of one item: calls of this repository's functions, and runs of their blocks where V8 counts
   * those apart. What built-in functions do is not in it; see the allocations for part of that.
   */
  stepsPerItem: number;
};

const COUNTER = join(import.meta.dirname, 'step-counter.ts');
const SECONDS_MAX = 120;

/** Of a way of a microbench, by default the first, in a process of its own. */
export async function countSteps(name: string, way = 0): Promise<Steps> {
  // A call that was inlined is counted or not, as the heap lies: nothing is optimised.
  const flags = ['--single-threaded', '--no-flush-bytecode', '--no-opt'];
  const seeds = ['--random-seed=1', '--hash-seed=1'];
  const counter = startProgram({
    name: 'counter',
    command: [process.execPath, ...flags, ...seeds, COUNTER, name, String(way)],
    folder: ROOT,
    // Of what comes compiled out of a cache, V8 counts no blocks.
    environment: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' },
  });
  const counted = (await nextJson(counter, `steps of ${name}`)) as Steps;
  await endOf(counter, `steps of ${name}`, SECONDS_MAX);
  return counted;
}
