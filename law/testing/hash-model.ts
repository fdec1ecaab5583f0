/** A model without weights for tests: its rows follow, by a hash, from the window they stand on. */
import type { Model } from '../model.ts';
import { TOKENS } from '../tokeniser.ts';

type Pair = { token: number; code: number };
/** A pair, and the code of the scale state after it. */
type Heard = Pair & { nextCode: number };

type RuleModelOptions = {
  name: string;
  window: number;
  contextMoves: number;
  /** K; 0 unless given. */
  sideInputs?: number;
  /** Of the pairs of the window, and the code that comes after them. */
  row(heard: readonly Heard[], code: number, side: Int16Array): Int32Array;
  notReached(heard: readonly Heard[], code: number, moves: number): [number, number, number];
};

/** What the reference asks for. */
export type RuleModel = Model & {
  rowAfter(pairs: readonly Pair[], code: number, side?: Int16Array): Int32Array;
  notReachedAfter(pairs: readonly Pair[], code: number, moves: number): [number, number, number];
};

export function ruleModel(options: RuleModelOptions): RuleModel {
  const { name, window, contextMoves, sideInputs = 0, row, notReached } = options;
  return {
    ...{ name, hash: name, kernel: 'rule/1', contextMoves, sideInputs, window },
    table: undefined,
    openSession(trie) {
      const logits = new Int32Array(trie.nodesMax * TOKENS);
      let recent: Heard[] = [];
      let side: Int16Array = NONE;
      const heardAt = (node: number) => {
        const path: Heard[] = [];
        for (let at = node; at > 0; at = trie.parent[at]!) {
          const [token, code] = [trie.token[at]!, trie.tokenCode[at]!];
          path.unshift({ token, code, nextCode: trie.code[at]! });
        }
        return [...recent, ...path].slice(-window);
      };
      return {
        logits,
        rows: Int32Array.from({ length: trie.nodesMax }, (_, node) => node * TOKENS),
        setSideInputs(values) {
          side = values;
          recent = [];
        },
        prefill(tokens, codes, nextCode) {
          const pairs = Array.from(tokens, (token, at) => ({ token, code: codes[at]! }));
          recent = heardFrom(pairs, nextCode);
        },
        append(token, code, nextCode) {
          recent = [...recent, { token, code, nextCode }].slice(-window);
        },
        pass(from, to) {
          for (let node = from; node < to; node++) {
            logits.set(row(heardAt(node), trie.code[node]!, side), node * TOKENS);
          }
        },
        notReachedQ16: (node, moves) => notReached(heardAt(node), trie.code[node]!, moves),
      };
    },
    rowAfter: (pairs, code, side = NONE) => row(heardFrom(pairs, code).slice(-window), code, side),
    notReachedAfter: (pairs, code, moves) =>
      notReached(heardFrom(pairs, code).slice(-window), code, moves),
  };
}

const NONE = new Int16Array(0);

function heardFrom(pairs: readonly Pair[], nextCode: number): Heard[] {
  return pairs.map((pair, at) => ({ ...pair, nextCode: pairs[at + 1]?.code ?? nextCode }));
}

export type HashModelOptions = Pick<RuleModelOptions, 'window' | 'contextMoves' | 'sideInputs'> & {
  /** Another salt is another model. */
  salt: number;
  /** Q16 nats between neighbours in a row's order: 0 gives ties alone, 2^20 all but certainty. */
  steepness: number;
};

/** Rows hashed from all a model may read, so that what it reads wrongly shows. */
export function hashModel({ salt, steepness, ...sizes }: HashModelOptions): RuleModel {
  const stateOf = (heard: readonly Heard[], code: number) => {
    let state = mixed(salt, code);
    for (const { token, code: of, nextCode } of heard) {
      state = mixed(state, (token * TOKENS + of) * TOKENS + nextCode);
    }
    return state;
  };
  return ruleModel({
    ...{ ...sizes, name: `hash-${salt}` },
    row(heard, code, side) {
      const state = side.reduce(mixed, stateOf(heard, code));
      return Int32Array.from({ length: TOKENS }, (_, v) => -(mixed(state, v) % 12) * steepness);
    },
    notReached(heard, code, moves) {
      const state = stateOf(heard, code);
      return [mixed(state, moves) % 65_536, state % 65_536, moves];
    },
  });
}

function mixed(state: number, value: number): number {
  let x = Math.imul(state ^ value, 0x9e3779b1) ^ (value << 7);
  x = Math.imul(x ^ (x >>> 15), 0x85ebca6b);
  return (x ^ (x >>> 13)) >>> 0;
}
