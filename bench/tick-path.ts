/** The way of a tick without any speculation: record, book, session, move, token, features. */

import { createEdge, createEdgeEncoder, followForecast, noEdgeLatency } from '#edge';
import { type Clock, SECOND_NS } from '#engine';
import type { Instrument, Tick } from '#market';
import { loadNgramPair } from '#models';

export type TickPath = {
  /** The edge takes a batch: encoded for its log, stepped, nothing drafted and nothing asked. */
  take(batch: Tick[]): void;
  /** Changes of the mid so far. */
  readonly moves: number;
};

export function openTickPath(instruments: Instrument[], originNs: bigint): TickPath {
  const { target } = loadNgramPair();
  const clock = tickClock();
  const encode = createEdgeEncoder();
  const identity = {
    ...{ modelHash: target.hash, kernel: target.kernel, seed: 1, paths: 16, moves: 8 },
  };
  const edge = createEdge(
    {
      config: {
        ...{ originNs, instruments, contextMoves: target.contextMoves, moves: 8, identity },
        policy: followForecast({ positionLots: 1, leanSpreadPercent: 25 }),
        holdNs: SECOND_NS,
      },
      size: { branches: 16, paths: 16, moves: 8 },
      contextsPerRequest: 17,
      ...{ draft: undefined, deadlineNs: SECOND_NS, isLockstep: false },
      breaker: { outstandingMax: 32, missesMax: 8 },
    },
    {
      ...{ clock, timers: { at: () => NO_TIMER }, latency: noEdgeLatency },
      link: { state: 'down', send: () => false },
      journal: event => void encode(event),
      ...{ flush() {}, onSignal() {}, onDecision() {}, onSettled() {} },
    },
  );
  return {
    take(batch) {
      const { exchangeTimeNs } = batch[batch.length - 1]!;
      clock.set(exchangeTimeNs);
      edge.onTicks(batch, exchangeTimeNs);
      edge.publish();
    },
    get moves() {
      return edge.state.counts.moves;
    },
  };
}

const NO_TIMER = { cancel() {} };

/** Stands at the latest tick: the path is measured, not its clock. */
function tickClock(): Clock & { set(timeNs: number): void } {
  // In an array of doubles a time is no object of its own.
  const now = new Float64Array(1);
  return {
    nowNs: () => now[0]!,
    set(timeNs) {
      now[0] = timeNs;
    },
  };
}
