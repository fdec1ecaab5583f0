/** Our acceptor and QuickFIX/J's under the same client, in turn, each also beside itself. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '#engine';
import { median, type Ratio, ratioOf, shuffled } from '../statistics.ts';
import { type Load, measureLoad } from './load.ts';
import { type Quickfixj, startQuickfixjAcceptor } from './quickfixj.ts';
import { startMeasuredVenue } from './venue.ts';

/** QuickFIX/J's second program says New and Filled, as ours does: equal work. */
const PROGRAMS = ['ours', 'quickfixj', 'quickfixj both'] as const;
type Program = (typeof PROGRAMS)[number];
const SIDES = [...PROGRAMS, 'ours again', 'quickfixj again', 'quickfixj both again'] as const;
export type Side = (typeof SIDES)[number];

/** One order at a time, and 256 unanswered at most. */
export type Round = Record<Side, { pingPong: Load; window: Load }>;

export type Measure = 'p50' | 'p99' | 'orders/s';

export type Comparison = {
  measure: Measure;
  /** Medians over the rounds: nanoseconds, or orders a second. */
  ours: number;
  /** Of a round, the best of all. */
  oursBest: number;
  /** Ours over itself, in the same rounds. */
  same: Ratio;
  /** With one report an order, and with New and Filled. */
  filled: Peer;
  both: Peer;
};

export type Peer = {
  value: number;
  best: number;
  /** Ours over this. */
  ratio: Ratio;
  /** It over itself. */
  same: Ratio;
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
  const folderOf = (name: string) => join(bench.folder, name);
  mkdirSync(folderOf('ours'), { recursive: true });
  const filled = await startQuickfixjAcceptor(bench.quickfixj, folderOf('filled'), 'filled');
  const both = await startQuickfixjAcceptor(bench.quickfixj, folderOf('both'), 'both');
  const ours = await startMeasuredVenue(bench.ticks, folderOf('ours'));
  const started = { ours, quickfixj: filled, 'quickfixj both': both };
  try {
    return await measureRounds(bench, side => started[side.replace(' again', '') as Program].port);
  } finally {
    ours.close();
    for (const { program } of [ours, filled, both]) program.kill('SIGTERM');
    await Promise.all([ours, filled, both].map(({ program }) => program.exited));
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
    for (const side of PROGRAMS) await measure(side);
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
  const of = (program: Program) =>
    rounds.map(each => [figureOf(each[program]), figureOf(each[`${program} again`])] as const);
  const best = measure === 'orders/s' ? Math.max : Math.min;
  const ours = of('ours');
  const peer = (program: Program): Peer => {
    const theirs = of(program);
    return {
      value: median(theirs.flat()),
      best: best(...theirs.flat()),
      // Both measurements of a side stand for it, as in a comparison of two commits.
      ratio: ratioOf(theirs.map((pair, at) => [meanOf(pair), meanOf(ours[at]!)])),
      same: ratioOf(theirs),
    };
  };
  return {
    ...{ measure, ours: median(ours.flat()), oursBest: best(...ours.flat()) },
    ...{ same: ratioOf(ours), filled: peer('quickfixj'), both: peer('quickfixj both') },
  };
}

const meanOf = ([first, again]: readonly [number, number]) => (first + again) / 2;
