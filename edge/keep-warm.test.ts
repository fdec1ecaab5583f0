/** The walk that keeps the tick path in the caches: worth its cost only if it is a hit's way. */
import { expect, it } from 'vitest';
import { virtualTime } from '#engine';
import { loadReferenceData, referenceInstrument } from '#market';
import { loadNgramPair } from '#models';
import { workParent } from './decide/work-parent.ts';
import type { EdgeOptions } from './edge.ts';
import type { EdgeEvent } from './event.ts';
import { keepWarm } from './keep-warm.ts';
import { noEdgeLatency } from './latency.ts';

const { target, draft } = loadNgramPair();
const instrument = referenceInstrument(loadReferenceData(), {
  symbol: 'XAUUSD',
  date: '2014-05-02',
})!;

function walks(count: number, hasDraft: boolean) {
  const time = virtualTime(0);
  const journal: EdgeEvent['kind'][] = [];
  let hits = 0;
  const walk = keepWarm(optionsWith(hasDraft), {
    ...{ clock: time, timers: time },
    journal: ({ kind }) => journal.push(kind),
    latency: { ...noEdgeLatency, hit: () => hits++ },
  });
  for (let n = 0; n < count; n++) {
    time.advanceTo(time.nowNs() + 1e6);
    walk();
  }
  return { hits, journal };
}

function optionsWith(hasDraft: boolean): EdgeOptions {
  const policy = workParent({
    ...{ parentLots: 50, parentDurationNs: 1e9, slices: 5 },
    ...{ crossAfterPercent: 75, waitSpreadPercent: 25 },
  });
  const identity = {
    ...{ modelHash: target.hash, kernel: target.kernel, seed: 1, paths: 16, moves: 8 },
  };
  return {
    config: {
      ...{ originNs: 0n, instruments: [instrument], contextMoves: target.contextMoves },
      ...{ moves: 8, identity, policy, holdNs: 0 },
    },
    size: { branches: 16, paths: 16, moves: 8 },
    contextsPerRequest: 17,
    draft: hasDraft ? draft : undefined,
    deadlineNs: 60e6,
    breaker: { outstandingMax: 32, missesMax: 8 },
    isLockstep: false,
  };
}

it('goes the way of a hit on nearly every walk, or another way would be kept warm', () => {
  const { hits, journal } = walks(200, true);
  expect(hits).toBeGreaterThan(150);
  expect(journal.filter(kind => kind === 'forecast').length).toBeGreaterThanOrEqual(hits);
});

it('does nothing for an edge that never hits', () => {
  expect(walks(20, false)).toEqual({ hits: 0, journal: [] });
});
