/**
 * The process of `steps.ts`: warms one microbench up, then has V8 count how often each function and
 * block of this repository runs.
 *
 *     NODE_DISABLE_COMPILE_CACHE=1 node --single-threaded --no-opt bench/step-counter.ts NAME WAY
 */

import { Session } from 'node:inspector/promises';
import { pathToFileURL } from 'node:url';
import { ROOT } from './replay/results.ts';
import type { Steps } from './steps.ts';

/** Past the first windows, keys and sizes of buffers. */
const WARM_UP_ITEMS = 20_000;
const COUNTED_ITEMS = 20_000;
const OURS = `${pathToFileURL(ROOT).href}/`;
const NOT_OURS = [`${OURS}node_modules/`, `${OURS}bench/`];

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
// From here on: of what is compiled before, V8 counts no blocks.
const { MICROS } = await import('./micro/micros.ts');
const [name, way] = process.argv.slice(2);
const micro = MICROS[name!]!;
const run = micro.ways[Number(way)]!.open();
let kept = 0;
for (let done = 0; done < WARM_UP_ITEMS; done += micro.items) kept += run();
// What was counted so far is forgotten.
await session.post('Profiler.takePreciseCoverage');
let items = 0;
for (; items < COUNTED_ITEMS; items += micro.items) kept += run();
const { result } = await session.post('Profiler.takePreciseCoverage');
const steps = result
  .filter(({ url }) => url.startsWith(OURS) && !NOT_OURS.some(each => url.startsWith(each)))
  .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges))
  .reduce((sum, { count }) => sum + count, 0);
console.log(JSON.stringify({ stepsPerItem: steps / items } satisfies Steps));
if (Number.isNaN(kept)) throw new Error('the work came to nothing');
