/**
 * Our side of the event loop's peers: CPU time a tick from a tick in memory to its features.
 *
 *     node bench/peers/own-ticks.ts compiled|first ZIP...
 *
 * `first` counts from the first tick of the process on, with all that is compiled meanwhile;
 * `compiled` a third walk over the same ticks, when nothing is left to compile.
 */

import { openTicks, type Tick } from '#market';
import { openTickPath, type TickPath } from '../tick-path.ts';
import type { PeerFigures } from './event-loop.ts';

const NS_PER_US = 1000;
/** A second edge, or the code would be compiled for the first one's functions alone. */
const REHEARSALS = 2;

const [way, ...paths] = process.argv.slice(2);
const opened = await openTicks({ paths });
const batches: Tick[][] = [];
for await (const batch of opened.ticks) for (const tick of batch) batches.push([tick]);

if (way === 'compiled') for (let at = 0; at < REHEARSALS; at++) walk(openPath());
const path = openPath();
const before = process.cpuUsage();
walk(path);
const { user, system } = process.cpuUsage(before);
const figures: PeerFigures = {
  name: `outrider edge: record, book, features, session, move, token; ${way}`,
  ticks: batches.length,
  cpuNsPerTick: ((user + system) * NS_PER_US) / batches.length,
};
console.log(JSON.stringify({ ...figures, moves: path.moves }));

function openPath(): TickPath {
  return openTickPath(opened.instruments, opened.originNs);
}

/** Each tick a batch of its own, as where the market leaves time between two. */
function walk(path: TickPath): void {
  for (const batch of batches) path.take(batch);
}
