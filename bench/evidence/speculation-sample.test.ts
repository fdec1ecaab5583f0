/** Which speculation is kept, and how its tokens read as moves. */
import { expect, it } from 'vitest';
import { type Context, createContext, scaleCode, scaleStep, TOKEN_MOVES, TOKENS } from '#law';
import type { Quote } from '#market';
import type { Verdict } from '#verifier/protocol';
import { createMarketWatch } from './market-watch.ts';
import { createSpeculationSample } from './speculation-sample.ts';

const BRANCHES = [33, 30];

/** Two branches of one path of two moves. */
function verdictAt({ epoch, moveIndex }: Context): Verdict {
  const contexts = BRANCHES.map(branch => ({
    branch,
    accepted: Uint8Array.of(2),
    tokens: Uint8Array.of(34, 31),
    forecast: new Int32Array(0),
  }));
  const counts = { serviceNs: 1, passes: 1, drafted: 4, accepted: 4, verified: 6 };
  const about = { requestId: 1, instrument: 0, epoch, moveIndex, identity: '' };
  return { ...about, ...counts, contexts };
}

function quoteAt(mid: number, exchangeTimeNs: number): Quote {
  return {
    ...{ kind: 'quote', instrument: 0, exchangeTimeNs },
    ...{ bidIncrements: mid - 3, askIncrements: 3 },
  };
}

const WEEK_NS = 7 * 86_400e9;

function sampleAfter(moves: readonly number[], timeOfLastNs = 9) {
  const watch = createMarketWatch({ calendar: 'fx-week' }, () => 0n);
  const sample = createSpeculationSample(watch, 2);
  const context = createContext('EURUSD', 4);
  watch.show(quoteAt(990, 0));
  watch.show(quoteAt(1000, 1));
  context.moveIndex = 1;
  sample.onVerdict(verdictAt(context), { context, place: watch.placeOf(context)! }, 55);
  let mid = 1000;
  for (const [at, move] of moves.entries()) {
    mid += move;
    watch.show(quoteAt(mid, at === moves.length - 1 ? timeOfLastNs : 2 + at));
    sample.judge();
  }
  return sample;
}

it('keeps a hit with its branches, their paths and what happened, in half increments', () => {
  const context = createContext('EURUSD', 4);
  const code = scaleCode(context.scale);
  const first = TOKEN_MOVES[code * TOKENS + 30]!;
  let { scale } = context;
  const path = [30, 34, 31].map(token => {
    const at = scaleCode(scale);
    scale = scaleStep(scale, at, token);
    return TOKEN_MOVES[at * TOKENS + token]!;
  });
  const { hit } = sampleAfter([first, 5, -3]);
  expect(hit).toMatchObject({ timeNs: 55, midHalfIncrements: 1000, before: [-10, 0], taken: 1 });
  expect(hit!.happened).toEqual([first, first + 5, first + 2]);
  expect(hit!.branches[1]).toEqual({
    moveHalfIncrements: first,
    paths: [[path[0]!, path[0]! + path[1]!, path[0]! + path[1]! + path[2]!]],
  });
});

it('keeps none whose next move no branch assumed', () => {
  expect(sampleAfter([900, 5, -3]).hit).toBeUndefined();
});

it('keeps none across a break of the session', () => {
  const code = scaleCode(createContext('EURUSD', 4).scale);
  const first = TOKEN_MOVES[code * TOKENS + 30]!;
  expect(sampleAfter([first, 5, -3], WEEK_NS).hit).toBeUndefined();
  expect(sampleAfter([first], WEEK_NS).hit).toBeUndefined();
});
