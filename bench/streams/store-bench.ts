/** Keyed state of a million keys: in memory, in LMDB and in SQLite, interleaved. */

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { STORES, type StoreFigures } from './store-worker.ts';

const WORKER = join(import.meta.dirname, 'store-worker.ts');
const KEYS = 1_000_000;
const run = promisify(execFile);

/** Prints the median of the rounds; every store has its turn in each. */
export async function benchStores(rounds: number): Promise<void> {
  const all: StoreFigures[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const store of STORES) {
      const { stdout } = await run(process.execPath, [WORKER, store, String(KEYS)]);
      all.push(JSON.parse(stdout) as StoreFigures);
    }
  }
  const medians = STORES.map(store => medianOf(all.filter(each => each.store === store)));
  console.log('| store | set | update | get | range | restore | kept | resident |');
  console.log('|---|---|---|---|---|---|---|---|');
  for (const each of medians) {
    const times = [each.setNs, each.updateNs, each.getNs, each.rangeNs].map(ns => `${ns} ns`);
    const whole = [`${each.restoreS.toFixed(2)} s`, `${each.keepS.toFixed(2)} s`];
    console.log(
      `| ${[each.store, ...times, ...whole].join(' | ')} | ${Math.round(each.residentMb)} MB |`,
    );
  }
}

function medianOf(figures: readonly StoreFigures[]): StoreFigures {
  const median = (take: (each: StoreFigures) => number) =>
    figures.map(take).sort((a, b) => a - b)[Math.floor(figures.length / 2)]!;
  return {
    ...{ store: figures[0]!.store, keys: figures[0]!.keys },
    ...{ setNs: median(each => each.setNs), updateNs: median(each => each.updateNs) },
    ...{ getNs: median(each => each.getNs), rangeNs: median(each => each.rangeNs) },
    ...{ restoreS: median(each => each.restoreS), keepS: median(each => each.keepS) },
    residentMb: median(each => each.residentMb),
  };
}
