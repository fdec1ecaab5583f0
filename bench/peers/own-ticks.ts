/**
 * Our side of the event loop's peers: CPU time a tick from a tick in memory to its features.
 *
 *     node bench/peers/own-ticks.ts ZIP...
 */

import { openTicks, type Tick } from '#market';
import { openTickPath } from '../tick-path.ts';
import type { PeerFigures } from './peer-bench.ts';

const NS_PER_US = 1000;

const opened = await openTicks({ paths: process.argv.slice(2) });
const ticks: Tick[] = [];
for await (const batch of opened.ticks) ticks.push(...batch);

/** A live run rehearses before its first tick, so that its code is compiled: so does this. */
const rehearsal = openTickPath(opened.instruments, opened.originNs);
for (const tick of ticks) rehearsal.take(tick);

const path = openTickPath(opened.instruments, opened.originNs);
const before = process.cpuUsage();
for (const tick of ticks) path.take(tick);
const { user, system } = process.cpuUsage(before);
const figures: PeerFigures = {
  name: 'outrider edge: log record, book, features, session, move, token',
  ticks: ticks.length,
  cpuNsPerTick: ((user + system) * NS_PER_US) / ticks.length,
};
console.log(JSON.stringify({ ...figures, moves: path.moves }));
