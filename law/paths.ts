/** The trajectories of a speculation: S paths of H moves for each context, over one trie. */
import { childOf, createTrie, resetTrie, type Trie } from './trie.ts';

export type PathSet = {
  readonly trie: Trie;
  readonly contextsMax: number;
  readonly paths: number;
  readonly moves: number;
  contexts: number;
  /** Per context: the trie node it starts from, and the index of its first move. */
  readonly startNode: Int32Array;
  readonly startIndex: Float64Array;
  /** `[context][path][move]`: the move's token, and the node it is chosen at. */
  readonly tokens: Uint8Array;
  readonly nodes: Int32Array;
  /** `[context][path]`: how many of the path's moves are the target's own. */
  readonly settled: Int32Array;
  /** `[context][path]`: moves of its first draft that the target accepted. */
  readonly accepted: Uint8Array;
};

/**
 * Contexts are the present one and up to `branches` that the next move may bring. The trie holds
 * even a settlement that goes wrong at every move: H + (H - 1) + ... + 1 nodes a path.
 */
export function createPathSet(size: { branches: number; paths: number; moves: number }): PathSet {
  const contextsMax = size.branches + 1;
  const { paths, moves } = size;
  const trajectories = contextsMax * paths;
  return {
    trie: createTrie(1 + contextsMax + (trajectories * moves * (moves + 1)) / 2),
    contextsMax,
    paths,
    moves,
    contexts: 0,
    startNode: new Int32Array(contextsMax),
    startIndex: new Float64Array(contextsMax),
    tokens: new Uint8Array(trajectories * moves),
    nodes: new Int32Array(trajectories * moves),
    settled: new Int32Array(trajectories),
    accepted: new Uint8Array(trajectories),
  };
}

/** Empties the set over a context at this scale; no context is in it yet. */
export function resetPaths(set: PathSet, scale: number): void {
  resetTrie(set.trie, scale);
  set.contexts = 0;
  set.settled.fill(0);
  set.accepted.fill(0);
}

/** Adds the present context, whose first move has this index. */
export function addPresent(set: PathSet, moveIndex: number): void {
  addContext(set, 0, moveIndex);
}

/** Adds the context that the next move, with this token, would bring. */
export function addBranch(set: PathSet, token: number, moveIndex: number): void {
  addContext(set, childOf(set.trie, 0, token), moveIndex + 1);
}

function addContext(set: PathSet, node: number, moveIndex: number): void {
  set.startNode[set.contexts] = node;
  set.startIndex[set.contexts] = moveIndex;
  set.contexts++;
}

/** Finds or adds the node at which move `h` of a trajectory is chosen, from the move before. */
export function nodeAt(set: PathSet, trajectory: number, h: number): number {
  const at = trajectory * set.moves + h;
  const node =
    h === 0
      ? set.startNode[Math.floor(trajectory / set.paths)]!
      : childOf(set.trie, set.nodes[at - 1]!, set.tokens[at - 1]!);
  set.nodes[at] = node;
  return node;
}
