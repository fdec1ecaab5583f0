/** A model without weights for tests: its rows follow, by a hash, from the window they stand on. */
import type { Model } from '../model.ts';
import { TOKENS } from '../tokeniser.ts';

type Pair = { token: number; code: number };
type Heard = Pair & { nextCode: number };

export type HashModelOptions = {
  /** Another salt is another model. */
  salt: number;
  window: number;
  contextMoves: number;
  /** Q16 nats between neighbours in a row's order: 0 gives ties alone, 2^20 all but certainty. */
  steepness: number;
};

/** What the reference asks for. */
export type HashModel = Model & {
  rowAfter(pairs: readonly Pair[], code: number): Int32Array;
  notReachedAfter(pairs: readonly Pair[], code: number, moves: number): [number, number, number];
};

export function hashModel(options: HashModelOptions): HashModel {
  const { salt, window, contextMoves, steepness } = options;

  /** Of a window of pairs, each with the code that came after it. */
  const stateOf = (heard: readonly Heard[]) => {
    let state = mixed(salt, heard.at(-1)?.nextCode ?? 0);
    for (const { token, code, nextCode } of heard.slice(-window)) {
      state = mixed(state, (token * TOKENS + code) * TOKENS + nextCode);
    }
    return state;
  };
  const rowIn = (state: number) =>
    Int32Array.from({ length: TOKENS }, (_, v) => -(mixed(state, v) % 12) * steepness);
  const notReachedIn = (state: number, moves: number): [number, number, number] => [
    mixed(state, moves) % 65_536,
    state % 65_536,
    moves,
  ];

  return {
    name: `hash-${salt}`,
    hash: String(salt),
    kernel: 'hash/1',
    contextMoves,
    window,
    table: undefined,
    openSession(trie) {
      const logits = new Int32Array(trie.nodesMax * TOKENS);
      let recent: Heard[] = [];
      const stateAt = (node: number) => {
        const path: Heard[] = [];
        for (let at = node; at > 0; at = trie.parent[at]!) {
          const [token, code] = [trie.token[at]!, trie.tokenCode[at]!];
          path.unshift({ token, code, nextCode: trie.code[at]! });
        }
        return stateOf([...recent, ...path]);
      };
      return {
        logits,
        rows: Int32Array.from({ length: trie.nodesMax }, (_, node) => node * TOKENS),
        prefill(tokens, codes, nextCode) {
          const pairs = Array.from(tokens, (token, at) => ({ token, code: codes[at]! }));
          recent = heardFrom(pairs, nextCode);
        },
        append(token, code, nextCode) {
          recent = [...recent, { token, code, nextCode }].slice(-window);
        },
        pass(from, to) {
          for (let node = from; node < to; node++) logits.set(rowIn(stateAt(node)), node * TOKENS);
        },
        notReachedQ16: (node, moves) => notReachedIn(stateAt(node), moves),
      };
    },
    rowAfter: (pairs, code) => rowIn(stateOf(heardFrom(pairs, code))),
    notReachedAfter: (pairs, code, moves) => notReachedIn(stateOf(heardFrom(pairs, code)), moves),
  };
}

function heardFrom(pairs: readonly Pair[], nextCode: number): Heard[] {
  return pairs.map((pair, at) => ({ ...pair, nextCode: pairs[at + 1]?.code ?? nextCode }));
}

function mixed(state: number, value: number): number {
  let x = Math.imul(state ^ value, 0x9e3779b1) ^ (value << 7);
  x = Math.imul(x ^ (x >>> 15), 0x85ebca6b);
  return (x ^ (x >>> 13)) >>> 0;
}
