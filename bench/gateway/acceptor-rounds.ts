/** Our acceptor and QuickFIX/J's under the same client, in turn, each also beside itself. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '#engine';
import { median, type Ratio, ratioOf, shuffled } from '../statistics.ts';
import { type Load, measureLoad } from './load.ts';
import { type Quickfixj, startQuickfixjAcceptor } from './quickfixj.ts';
import { startMeasuredVenue } from './venue.ts';

const SIDES = ['ours', 'ours again', 'quickfixj', 'quickfixj again'] as const;
export type Side = (typeof SIDES)[number];

/** One order at a time, and 256 unanswered at most. */
export type Round = Record<Side, { pingPong: Load; window: Load }>;

export type Measure = 'p50' | 'p99' | 'orders/s';

export type Comparison = {
  measure: Measure;
  /** Medians over the rounds: nanoseconds, or orders a second. */
  ours: number;
  quickfixj: number;
  /** Of a round, the best of all. */
  oursBest: number;
  quickfixjBest: number;
  /** Ours over QuickFIX/J's. */
  ratio: Ratio;
  /** Each side over itself, in the same rounds. */
  same: Ratio;
  quickfixjSame: Ratio;
};

const PING_PONG = { orders: 12_000, window: 1, warmUp: 2_000 };
const WINDOW = { orders: 110_000, window: 256, warmUp: 10_000 };
/** Both are compiled by then. */
const REHEARSALS = 2;

export type AcceptorBench = {
  client: string;
  quickfixj: Quickfixj;
  ticks: string;
  folder: string;
  rounds: number;
};

export async function measureAcceptors(bench: AcceptorBench): Promise<Round[]> {
  const folders = { ours: join(bench.folder, 'ours'), theirs: join(bench.folder, 'quickfixj') };
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
  const theirs = await startQuickfixjAcceptor(bench.quickfixj, folders.theirs);
  const ours = await startMeasuredVenue(bench.ticks, folders.ours);
  try {
    const ports = { ours: ours.port, quickfixj: theirs.port };
    return await measureRounds(
      bench,
      side => ports[side.startsWith('ours') ? 'ours' : 'quickfixj'],
    );
  } finally {
    ours.close();
    for (const { program } of [ours, theirs]) program.kill('SIGTERM');
    await Promise.all([ours.program.exited, theirs.program.exited]);
  }
}

async function measureRounds(
  { client, rounds }: AcceptorBench,
  portOf: (side: Side) => number,
): Promise<Round[]> {
  const measure = async (side: Side) => ({
    pingPong: await measureLoad(client, portOf(side), PING_PONG),
    window: await measureLoad(client, portOf(side), WINDOW),
  });
  for (let rehearsal = 0; rehearsal < REHEARSALS; rehearsal++) {
    for (const side of ['ours', 'quickfixj'] as const) await measure(side);
  }
  const random = seededRandom('acceptors');
  const measured: Round[] = [];
  for (let round = 1; round <= rounds; round++) {
    const seen: Partial<Round> = {};
    for (const side of shuffled<Side>([...SIDES], random.nextFloat)) {
      seen[side] = await measure(side);
      const { pingPong, window } = seen[side];
      const perSecond = Math.round(window.ordersPerSecond);
      console.error(`round ${round} of ${rounds}: ${side}, ${pingPong.p50Ns} ns, ${perSecond}/s`);
    }
    measured.push(seen as Round);
  }
  return measured;
}

export function compareAcceptors(rounds: readonly Round[]): Comparison[] {
  return [
    compared(rounds, 'p50', ({ pingPong }) => pingPong.p50Ns),
    compared(rounds, 'p99', ({ pingPong }) => pingPong.p99Ns),
    compared(rounds, 'orders/s', ({ window }) => window.ordersPerSecond),
  ];
}

function compared(
  rounds: readonly Round[],
  measure: Measure,
  figureOf: (side: Round[Side]) => number,
): Comparison {
  const rows = rounds.map(round => SIDES.map(side => figureOf(round[side])) as Four);
  const ours = rows.flatMap(([first, again]) => [first, again]);
  const quickfixj = rows.flatMap(([, , first, again]) => [first, again]);
  const best = measure === 'orders/s' ? Math.max : Math.min;
  return {
    measure,
    ours: median(ours),
    quickfixj: median(quickfixj),
    oursBest: best(...ours),
    quickfixjBest: best(...quickfixj),
    // Both measurements of a side stand for it, as in a comparison of two commits.
    ratio: ratioOf(rows.map(([a, b, c, d]) => [(c + d) / 2, (a + b) / 2])),
    same: ratioOf(rows.map(([first, again]) => [first, again])),
    quickfixjSame: ratioOf(rows.map(([, , first, again]) => [first, again])),
  };
}

type Four = [ours: number, oursAgain: number, quickfixj: number, quickfixjAgain: number];
