/** A model without weights for tests: its rows follow, by a hash, from the window they stand on. */
import type { Model } from '../model.ts';
import { TOKENS } from '../tokeniser.ts';

type Pair = { token: number; code: number };

export type HashModelOptions = {
  /** Another salt is another model. */
  salt: number;
  window: number;
  contextMoves: number;
  nodesMax: number;
  /** Q16 nats between neighbours in a row's order: 0 gives ties alone, 2^20 all but certainty. */
  steepness: number;
};

export type HashModel = Model & {
  /** The row after a context: what the reference asks for. */
  rowAfter(pairs: readonly Pair[], code: number): Int32Array;
};

export function hashModel(options: HashModelOptions): HashModel {
  const { salt, window, contextMoves, nodesMax, steepness } = options;
  const logits = new Int32Array(nodesMax * TOKENS);

  const rowAfter = (pairs: readonly Pair[], code: number) => {
    let state = mixed(salt, code);
    for (const pair of pairs.slice(-window)) state = mixed(state, pair.token * TOKENS + pair.code);
    return Int32Array.from({ length: TOKENS }, (_, v) => -(mixed(state, v) % 12) * steepness);
  };

  return {
    name: `hash-${salt}`,
    hash: String(salt),
    kernel: 'hash/1',
    contextMoves,
    window,
    logits,
    constantRows: false,
    notReachedQ16: (code, moves) => [mixed(code, moves) % 65_536, code, moves],
    openSession() {
      let recent: Pair[] = [];
      return {
        prefill(tokens, codes) {
          recent = Array.from(tokens, (token, at) => ({ token, code: codes[at]! }));
        },
        append(token, code) {
          recent = [...recent, { token, code }].slice(-window);
        },
        pass(trie, { from, to, rows }) {
          for (let node = from; node < to; node++) {
            const pairs: Pair[] = [];
            for (let at = node; at > 0; at = trie.parent[at]!) {
              pairs.unshift({ token: trie.token[at]!, code: trie.tokenCode[at]! });
            }
            logits.set(rowAfter([...recent, ...pairs], trie.code[node]!), node * TOKENS);
            rows[node] = node * TOKENS;
          }
        },
      };
    },
    rowAfter,
  };
}

function mixed(state: number, value: number): number {
  let x = Math.imul(state ^ value, 0x9e3779b1) ^ (value << 7);
  x = Math.imul(x ^ (x >>> 15), 0x85ebca6b);
  return (x ^ (x >>> 13)) >>> 0;
}
