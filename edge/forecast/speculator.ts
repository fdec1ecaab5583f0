/** The draft at work on one instrument: the provisional forecast, then futures worth verifying. */
import {
  addBranch,
  addPresent,
  type Context,
  createFollower,
  createNoiseWindow,
  createPathSet,
  createRunner,
  createSummariser,
  draftPaths,
  type Forecast,
  type Model,
  passNewNodes,
  resetPaths,
  TOKENS,
} from '#law';

export type SpeculationSize = { branches: number; paths: number; moves: number };

/**
 * Called in this order for each move: `begin`, `draftPresent` unless the move was a hit, then
 * `branches`. What was drafted for the present is kept for the hints.
 */
export type Speculator = {
  begin(context: Context): void;
  draftPresent(): void;
  /** The draft's own forecast of the present, once that is drafted. */
  provisional(): Forecast;
  /** Tokens of the likeliest next moves, the likeliest first; equals in token order. */
  branches(): Uint8Array;
  /** Drafts for the present (if it was drafted) and the branches, `[context][path][move]`. */
  hints(): Uint8Array;
};

export function createSpeculator(draft: Model, seed: number, size: SpeculationSize): Speculator {
  const set = createPathSet(size);
  const noise = createNoiseWindow(size);
  const runner = createRunner(draft, noise, set);
  const follower = createFollower(seed, noise, [runner]);
  const summarise = createSummariser(draft);
  const ranking = Array.from({ length: TOKENS }, (_, token) => token);
  let moveIndex = 0;
  const { trie, nodes } = set;
  const { paths, moves } = size;

  return {
    begin(context) {
      follower.follow(context);
      moveIndex = context.moveIndex;
      noise.cover(moveIndex, moves + 1);
      resetPaths(set, context.scale);
      runner.evaluated = 0;
    },
    draftPresent() {
      addPresent(set, moveIndex);
      draftPaths(runner, set, { from: 0, to: paths });
    },
    provisional: () =>
      summarise({ trie, nodes, nodesOffset: 0, paths, moves, session: runner.session }),
    branches() {
      passNewNodes(runner, set);
      const { logits, rows } = runner.session;
      const row = rows[0]!;
      ranking.sort((a, b) => logits[row + b]! - logits[row + a]! || a - b);
      const tokens = Uint8Array.from(ranking.slice(0, size.branches));
      const from = set.contexts * paths;
      for (const token of tokens) addBranch(set, token, moveIndex);
      draftPaths(runner, set, { from, to: set.contexts * paths });
      return tokens;
    },
    hints: () => set.tokens.slice(0, set.contexts * paths * moves),
  };
}
