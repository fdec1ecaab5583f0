/** Models without weights for tests: rows follow, by a rule or a hash, from the window before. */
import type { Model } from '../model.ts';
import { TOKENS } from '../tokeniser.ts';

type Pair = { token: number; code: number };

type RuleModelOptions = {
  name: string;
  window: number;
  contextMoves: number;
  nodesMax: number;
  /** The row after a context: what the reference asks for. */
  rowAfter(pairs: readonly Pair[], code: number): Int32Array;
  notReachedQ16: Model['notReachedQ16'];
};

export type RuleModel = Model & Pick<RuleModelOptions, 'rowAfter'>;

export function ruleModel({ nodesMax, ...rule }: RuleModelOptions): RuleModel {
  const { window, name, rowAfter } = rule;
  const logits = new Int32Array(nodesMax * TOKENS);
  return {
    ...rule,
    hash: name,
    kernel: 'rule/1',
    logits,
    constantRows: false,
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
  };
}

export type HashModelOptions = Pick<RuleModelOptions, 'window' | 'contextMoves' | 'nodesMax'> & {
  /** Another salt is another model. */
  salt: number;
  /** Q16 nats between neighbours in a row's order: 0 gives ties alone, 2^20 all but certainty. */
  steepness: number;
};

export function hashModel({ salt, steepness, ...sizes }: HashModelOptions): RuleModel {
  return ruleModel({
    ...sizes,
    name: `hash-${salt}`,
    notReachedQ16: (code, moves) => [mixed(code, moves) % 65_536, code, moves],
    rowAfter(pairs, code) {
      let state = mixed(salt, code);
      for (const { token, code: of } of pairs.slice(-sizes.window)) {
        state = mixed(state, token * TOKENS + of);
      }
      return Int32Array.from({ length: TOKENS }, (_, v) => -(mixed(state, v) % 12) * steepness);
    },
  });
}

function mixed(state: number, value: number): number {
  let x = Math.imul(state ^ value, 0x9e3779b1) ^ (value << 7);
  x = Math.imul(x ^ (x >>> 15), 0x85ebca6b);
  return (x ^ (x >>> 13)) >>> 0;
}
