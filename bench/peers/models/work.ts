/** What every side of a model bench evaluates: a context, and paths behind it as a trie. */

import { childOf, createTrie, resetTrie, SCALE_START, scaleCode, scaleStep, type Trie } from '#law';

export type Work = {
  /** C pairs, oldest first, and the code after each. */
  tokens: Uint8Array;
  codes: Uint8Array;
  nextCodes: Uint8Array;
  trie: Trie;
  /** Node of each move of each path, [paths][moves]. */
  nodes: Int32Array;
};

export type WorkShape = {
  contextMoves: number;
  branches: number;
  pathsOfBranch: number;
  moves: number;
};

/**
 * Paths share the first move of their branch and part at the second; nodes stand level by level.
 * Tokens are made up, codes follow
 * them as the law says.
 */
export function makeWork({ contextMoves, branches, pathsOfBranch, moves }: WorkShape): Work {
  const { scale, ...context } = makeContext(contextMoves);
  const paths = branches * pathsOfBranch;
  const trie = createTrie(1 + branches + paths * (moves - 1));
  resetTrie(trie, scale);
  const nodes = new Int32Array(paths * moves);
  for (let move = 0; move < moves; move++) {
    for (let path = 0; path < paths; path++) {
      const at = path * moves + move;
      const parent = move === 0 ? 0 : nodes[at - 1]!;
      nodes[at] = childOf(trie, parent, tokenOf(path, move, pathsOfBranch));
    }
  }
  return { ...context, trie, nodes };
}

function makeContext(moves: number) {
  const tokens = Uint8Array.from({ length: moves }, (_, at) => 28 + ((at * 5) % 8));
  const codes = new Uint8Array(moves);
  const nextCodes = new Uint8Array(moves);
  let scale = SCALE_START;
  for (const [at, token] of tokens.entries()) {
    codes[at] = scaleCode(scale);
    scale = scaleStep(scale, codes[at]!, token);
    nextCodes[at] = scaleCode(scale);
  }
  return { tokens, codes, nextCodes, scale };
}

/** Siblings differ: branches by their first move, the paths of a branch by their second. */
function tokenOf(path: number, move: number, pathsOfBranch: number): number {
  if (move === 0) return 24 + Math.floor(path / pathsOfBranch);
  if (move === 1) return 28 + (path % pathsOfBranch);
  return 28 + ((path * 3 + move * 5) % 8);
}
