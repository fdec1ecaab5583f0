/** Moves as a scale makes them, and tries over what may follow, for tests of neural models. */
import { seededRandom } from '#engine';
import { childOf, resetTrie, SCALE_START, scaleCode, scaleStep, TOKENS, type Trie } from '#law';

export type MadeUpMoves = {
  tokens: Uint8Array;
  codes: Uint8Array;
  /** Scale after each. */
  scales: Int32Array;
};

/** Small moves are likelier than large ones. */
function token(random: { nextFloat(): number }): number {
  const spread = random.nextFloat() + random.nextFloat() + random.nextFloat() - 1.5;
  return Math.min(TOKENS - 1, Math.max(0, Math.round(31.5 + 16 * spread)));
}

export function madeUpMoves(count: number, seed: number): MadeUpMoves {
  const random = seededRandom(seed);
  const tokens = Uint8Array.from({ length: count }, () => token(random));
  const codes = new Uint8Array(count);
  let scale = SCALE_START;
  const scales = Int32Array.from(tokens, (each, at) => {
    codes[at] = scaleCode(scale);
    scale = scaleStep(scale, codes[at]!, each);
    return scale;
  });
  return { tokens, codes, scales };
}

/** Futures of a context at this scale, to this depth at most; the trie is filled up. */
export function growTrie(trie: Trie, scale: number, by: { depth: number; seed: number }): void {
  const random = seededRandom(by.seed);
  const depth = new Uint8Array(trie.nodesMax);
  resetTrie(trie, scale);
  while (trie.size < trie.nodesMax) {
    const parent = Math.floor(random.nextFloat() * trie.size);
    if (depth[parent]! === by.depth) continue;
    const child = childOf(trie, parent, token(random));
    depth[child] = depth[parent]! + 1;
  }
}
