/** What all sides evaluate: were it not one trie, figures would be of different work. */

import { expect, it } from 'vitest';
import { scaleCode } from '#law';
import { agreementOf, NEAR, natsOf } from './agreement.ts';
import { readsOf } from './target-peer.ts';
import { makeWork } from './work.ts';

const SHAPE = { contextMoves: 8, branches: 3, pathsOfBranch: 2, moves: 4 };

it('makes paths that share the first move of their branch and nothing else', () => {
  const { trie, nodes } = makeWork(SHAPE);
  expect(trie.size).toBe(1 + 3 + 6 * 3);
  const paths = Array.from({ length: 6 }, (_, path) => nodes.slice(path * 4, path * 4 + 4));
  for (const path of paths) {
    path.forEach((node, move) => {
      expect(trie.parent[node]).toBe(move === 0 ? 0 : path[move - 1]);
    });
  }
  expect(paths[0]![0]).toBe(paths[1]![0]);
  expect(new Set(nodes).size).toBe(trie.size - 1);
});

it('codes a context as the law does, so that its last code is that of the trie', () => {
  const { tokens, codes, nextCodes, trie } = makeWork(SHAPE);
  expect(nextCodes.slice(0, -1)).toEqual(codes.slice(1));
  expect(nextCodes.at(-1)).toBe(trie.code[0]);
  expect(scaleCode(trie.scale[0]!)).toBe(trie.code[0]);
  expect(tokens).toHaveLength(8);
});

it('reads a node itself, then its ancestors, then the newest of the context', () => {
  // A chain of two and a child of the root; rows 0 to 3 are the cache's, the oldest first.
  const reads = readsOf(Int32Array.of(-1, 0, 1, 0), 5);
  expect([...reads.slice(0, 5)]).toEqual([4, 3, 2, 1, 0]);
  expect([...reads.slice(5, 10)]).toEqual([5, 4, 3, 2, 1]);
  expect([...reads.slice(10)]).toEqual([6, 3, 2, 1, 0]);
});

it('refuses sides whose logits are apart, missing or no numbers', () => {
  const ours = natsOf(Int32Array.of(-65_536, 32_768));
  const check = (theirs: number[]) =>
    agreementOf('a graph', { ours, theirs: Float64Array.from(theirs), most: NEAR });
  expect(check([-1, 0.5625])).toEqual({ meanNats: 0.03125, mostNats: 0.0625 });
  expect(() => check([-1, 0.75])).toThrow(/a graph: 2 logits, 0.125 nats/);
  expect(() => check([-1])).toThrow(/1 logits/);
  expect(() => check([-1, 0.5, 0])).toThrow(/3 logits/);
  expect(() => check([-1, Number.NaN])).toThrow(/NaN nats/);
});
