/**
 * Futures packed as a trie over one context: paths that begin alike share their nodes.
 *
 *      node 0 (the context itself)
 *        |- node 1  token 33 -- node 4 ...
 *        |- node 2  token 31
 *        '- node 3  token 30        siblings are linked, children are found by walking them
 */
import { SCALE_START, scaleCode } from './scale.ts';
import { scaleStep, TOKEN_MOVES, TOKENS } from './tokeniser.ts';

/** Struct of arrays, one entry a node; a parent always stands before its children. */
export type Trie = {
  readonly nodesMax: number;
  size: number;
  readonly parent: Int32Array;
  /** Token that led here and the code it was coded under: the pair it adds to the context. */
  readonly token: Uint8Array;
  readonly tokenCode: Uint8Array;
  /** Scale state after the token, and its code: the ladder of the next token. */
  readonly scale: Int32Array;
  readonly code: Uint8Array;
  /** Half increments from the context to here. */
  readonly displacement: Int32Array;
  readonly firstChild: Int32Array;
  readonly nextSibling: Int32Array;
};

export function createTrie(nodesMax: number): Trie {
  return {
    nodesMax,
    size: 0,
    parent: new Int32Array(nodesMax),
    token: new Uint8Array(nodesMax),
    tokenCode: new Uint8Array(nodesMax),
    scale: new Int32Array(nodesMax).fill(SCALE_START),
    code: new Uint8Array(nodesMax),
    displacement: new Int32Array(nodesMax),
    firstChild: new Int32Array(nodesMax),
    nextSibling: new Int32Array(nodesMax),
  };
}

/** Empties the trie down to its root, the context at this scale. */
export function resetTrie(trie: Trie, scale: number): void {
  trie.size = 1;
  trie.parent[0] = -1;
  trie.scale[0] = scale;
  trie.code[0] = scaleCode(scale);
  trie.displacement[0] = 0;
  trie.firstChild[0] = -1;
  trie.nextSibling[0] = -1;
}

/** The child of a node by a token, added if it is not there yet. */
export function childOf(trie: Trie, node: number, token: number): number {
  let child = trie.firstChild[node]!;
  while (child >= 0) {
    if (trie.token[child] === token) return child;
    child = trie.nextSibling[child]!;
  }
  const added = trie.size++;
  if (added >= trie.nodesMax)
    throw new RangeError(`Invariant: trie of ${trie.nodesMax} nodes is full`);
  const code = trie.code[node]!;
  const scale = scaleStep(trie.scale[node]!, code, token);
  trie.parent[added] = node;
  trie.token[added] = token;
  trie.tokenCode[added] = code;
  trie.scale[added] = scale;
  trie.code[added] = scaleCode(scale);
  trie.displacement[added] = trie.displacement[node]! + TOKEN_MOVES[code * TOKENS + token]!;
  trie.firstChild[added] = -1;
  trie.nextSibling[added] = trie.firstChild[node]!;
  trie.firstChild[node] = added;
  return added;
}
