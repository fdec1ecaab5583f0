/** One settlement from scratch, for tests: a context, what to settle around it, and the outcome. */
import { type Context, createContext } from '../context.ts';
import { createFollower } from '../follower.ts';
import type { Forecast } from '../forecast.ts';
import type { Model } from '../model.ts';
import { createNoiseWindow } from '../noise-window.ts';
import { createRunner } from '../passes.ts';
import { addBranch, addPresent, createPathSet, resetPaths } from '../paths.ts';
import { type SettlementCounts, settle } from '../settlement.ts';
import { createSummariser } from '../summariser.ts';

export type SettleOptions = {
  target: Model;
  draft: Model | undefined;
  seed: number;
  paths: number;
  moves: number;
  /** Tokens of next moves to settle beside the present. */
  branches: readonly number[];
  contextsPerPass: number;
  /** `[context][path][move]`, the present first. */
  hints: Uint8Array | undefined;
};

/** Of the present and each branch: `[path][move]` tokens, and the forecast. */
export type Settled = { tokens: number[][]; forecasts: Forecast[]; counts: SettlementCounts };

export function settleContext(context: Context, options: SettleOptions): Settled {
  const { target, draft, seed, paths, moves, branches, contextsPerPass, hints } = options;
  const size = { branches: branches.length, paths, moves };
  const set = createPathSet(size);
  const noise = createNoiseWindow(size);
  const runner = createRunner(target, noise, set);
  const drafter = draft === undefined ? undefined : createRunner(draft, noise, set);
  const runners = drafter === undefined ? [runner] : [runner, drafter];
  createFollower(seed, noise, runners).follow(context);
  noise.cover(context.moveIndex, moves + 1);
  resetPaths(set, context.scale);
  addPresent(set, context.moveIndex);
  for (const token of branches) addBranch(set, token, context.moveIndex);
  if (hints !== undefined) set.tokens.set(hints);
  const settler = { target: runner, draft: drafter, contextsPerPass };
  const counts = settle(settler, set, hints !== undefined);
  const summarise = createSummariser(target);
  const { trie, nodes } = set;
  const perContext = paths * moves;
  const contexts = Array.from({ length: set.contexts }, (_, at) => at * perContext);
  return {
    tokens: contexts.map(first => [...set.tokens.subarray(first, first + perContext)]),
    forecasts: contexts.map(nodesOffset =>
      summarise({ trie, nodes, nodesOffset, paths, moves, session: runner.session }),
    ),
    counts,
  };
}

/** A full context of these pairs, the oldest first. */
export function contextOf(
  pairs: readonly { token: number; code: number }[],
  { scale, moveIndex }: { scale: number; moveIndex: number },
): Context {
  const context = createContext('TEST', pairs.length);
  for (const [at, { token, code }] of pairs.entries()) {
    context.tokens[at] = token;
    context.codes[at] = code;
  }
  context.scale = scale;
  context.moveIndex = moveIndex;
  return context;
}
