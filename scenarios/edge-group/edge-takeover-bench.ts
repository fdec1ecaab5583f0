/** How long partitions have no edge when one is killed, leaves, or goes with a broker. */
import { OutriderError } from '#engine';
import { type EdgeLoss, startEdgeGroup } from './edge-group.ts';
import { judgeTicks } from './tick-checker.ts';

/** As they are called on the command line. */
export const EDGE_LOSSES = ['kill', 'leave', 'leader', 'coordinator'] as const;

const LOSSES = {
  ...{ kill: 'kill', leave: 'leave', leader: 'with-leader', coordinator: 'with-coordinator' },
} as const satisfies Record<(typeof EDGE_LOSSES)[number], EdgeLoss>;

export type EdgeTakeoverOptions = {
  readonly rounds: number;
  /** `leader` and `coordinator`: killed together with that broker, of three. */
  readonly kind: (typeof EDGE_LOSSES)[number];
  print(line: string): void;
};

const SESSION_MS = 2_000;
/** As the command has it unless told otherwise: three brokers need 3 s to give one up. */
const SESSION_OF_THREE_MS = 6_000;
const TICKS_PER_SECOND = 400;
/** Between a group that is whole and the next loss. */
const CALM_MS = 1_000;

/** Prints each round, the percentiles, and what a reader of its own says of the ticks. */
export async function benchEdgeTakeovers(options: EdgeTakeoverOptions): Promise<void> {
  const { rounds, kind, print } = options;
  const isOfThree = kind === 'leader' || kind === 'coordinator';
  const nodes = isOfThree ? 3 : 1;
  const sessionTimeoutMs = isOfThree ? SESSION_OF_THREE_MS : SESSION_MS;
  // What it started ends with it: an interrupt alone would leave processes behind.
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () =>
      stopping.abort(new OutriderError('bad-usage', `ended by ${signal}`)),
    );
  }
  const ticksPerSecond = TICKS_PER_SECOND;
  const { signal: abort } = stopping;
  const group = await startEdgeGroup({ nodes, sessionTimeoutMs, ticksPerSecond, abort });
  const tookMs: number[] = [];
  try {
    await group.settled();
    for (let round = 1; round <= rounds; round++) {
      await new Promise(resolve => setTimeout(resolve, CALM_MS));
      const edge = group.busiest();
      tookMs.push(await group.lose(edge, LOSSES[kind]));
      print(`${round} of ${rounds}: ${tookMs.at(-1)} ms`);
      await group.bringBack(edge);
      await group.settled();
    }
    await group.finish();
    const { watch, source } = group;
    const problems = judgeTicks(watch);
    print(summary(kind, tookMs, sessionTimeoutMs));
    print(
      `${source.published} ticks, ${watch.forecasts.length} forecasts; each tick once: ${
        problems.length === 0 ? 'yes' : problems.join('; ')
      }`,
    );
  } finally {
    await group.close();
  }
}

function summary(kind: string, tookMs: readonly number[], sessionTimeoutMs: number): string {
  const sorted = tookMs.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  const figures = `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${sorted.at(-1)} ms`;
  const of = `${sorted.length} takeovers after ${kind}, to a committed tick of each partition`;
  return `${of}: ${figures}; session timeout ${sessionTimeoutMs} ms`;
}
