/** Bytes on the JavaScript heap that an item of a microbench costs, counted in a quiet process. */

import { join } from 'node:path';
import { endOf, nextJson, startProgram } from './replay/program.ts';
import { ROOT } from './replay/results.ts';

export type Allocations = {
  /** Heap bytes of one item; 0 where the work is done in place. */
  bytesPerItem: number;
  /** Collections during the count; one of them would have hidden what it took away. */
  collections: number;
};

const COUNTER = join(import.meta.dirname, 'allocation-counter.ts');
/** So much may be allocated before anything is collected: more than a count ever makes. */
const YOUNG_MEBIBYTES = 512;
const SECONDS_MAX = 120;

/**
 * Of the first way of a microbench, in a process of its own. On one thread, code is compiled when
 * it is due and not when a busy machine comes to it, so the count repeats to the byte.
 */
export async function countAllocations(name: string): Promise<Allocations> {
  const counter = startProgram({
    name: 'counter',
    command: [
      process.execPath,
      ...['--expose-gc', '--single-threaded', '--random-seed=1', '--hash-seed=1'],
      `--min-semi-space-size=${YOUNG_MEBIBYTES}`,
      `--max-semi-space-size=${YOUNG_MEBIBYTES}`,
      ...[COUNTER, name],
    ],
    folder: ROOT,
  });
  const counted = (await nextJson(counter, `allocations of ${name}`)) as Allocations;
  await endOf(counter, `allocations of ${name}`, SECONDS_MAX);
  return counted;
}
