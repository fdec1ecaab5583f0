/**
 * The process of `allocations.ts`: warms one microbench up, collects all garbage, then counts what
 * the heap grew by while nothing was collected.
 *
 *     node --expose-gc --single-threaded --min-semi-space-size=512 bench/allocation-counter.ts NAME
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Allocations } from './allocations.ts';
import { recordGc } from './gc-pauses.ts';
import { MICROS } from './micro/micros.ts';

/** Counted in items, not in time: what state the work is in must not depend on the machine. */
const WARM_UP_ITEMS = 200_000;
const COUNTED_ITEMS = 20_000;

const micro = MICROS[process.argv[2]!]!;
const run = micro.ways[0].open();
let kept = 0;
const calls = Math.ceil(COUNTED_ITEMS / micro.items);
for (let done = 0; done < WARM_UP_ITEMS; done += micro.items) kept += run();

globalThis.gc!();
// The second count is the one: the first brings in what counting itself leaves behind.
await count();
const counted = await count();
console.log(JSON.stringify(counted));
if (Number.isNaN(kept)) throw new Error('the work came to nothing');

async function count(): Promise<Allocations> {
  const collected = recordGc();
  const before = process.memoryUsage().heapUsed;
  for (let call = 0; call < calls; call++) kept += run();
  const grown = process.memoryUsage().heapUsed - before;
  // Collections are told of in the next turn of the event loop.
  await nextTurn();
  const collections = collected.close().count;
  return { bytesPerItem: grown / (calls * micro.items), collections };
}
