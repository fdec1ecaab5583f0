/** The trie of futures: shared beginnings, and the scale and displacement of every node. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as reference from '#reference';
import { SCALE_MAX } from './scale.ts';
import { childOf, createTrie, resetTrie } from './trie.ts';

const path = fc.array(fc.integer({ min: 0, max: 63 }), { maxLength: 12 });

it('knows each node as a walk from the root does, or branches would get foreign forecasts', () => {
  const scales = fc.integer({ min: 1, max: SCALE_MAX });
  fc.assert(
    fc.property(scales, fc.array(path, { maxLength: 20 }), (start, paths) => {
      const trie = createTrie(1 + 20 * 12);
      resetTrie(trie, start);
      for (const tokens of paths) {
        let node = 0;
        let scale = start;
        let displacement = 0;
        for (const token of tokens) {
          const parent = node;
          node = childOf(trie, node, token);
          const code = reference.scaleCode(scale);
          displacement += reference.tokenMove(token, code);
          scale = reference.scaleStep(scale, token);
          expect(trie.parent[node]).toBe(parent);
          expect(parent).toBeLessThan(node);
          expect([trie.token[node], trie.tokenCode[node]]).toEqual([token, code]);
          expect([trie.scale[node], trie.displacement[node]]).toEqual([scale, displacement]);
          expect(trie.code[node]).toBe(reference.scaleCode(scale));
        }
      }
      const prefixes = paths.flatMap(tokens => tokens.map((_, at) => tokens.slice(0, at + 1)));
      expect(trie.size).toBe(1 + new Set(prefixes.map(String)).size);
    }),
  );
});

it("starts anew after a reset, or last move's futures would come back", () => {
  const trie = createTrie(3);
  resetTrie(trie, 4096);
  childOf(trie, childOf(trie, 0, 40), 41);
  resetTrie(trie, 8192);
  expect(trie.size).toBe(1);
  expect(childOf(trie, 0, 40)).toBe(1);
  expect(trie.scale[1]).toBe(reference.scaleStep(8192, 40));
});

it('refuses a node beyond its bound instead of writing past its arrays', () => {
  const trie = createTrie(2);
  resetTrie(trie, 4096);
  childOf(trie, 0, 1);
  expect(() => childOf(trie, 0, 2)).toThrow('trie of 2 nodes is full');
  expect(childOf(trie, 0, 1)).toBe(1);
});
