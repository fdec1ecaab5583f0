/** How well an n-gram knows moves it has not seen: nats a move, how often B branches cover it. */
import { createTrie, type Model, resetTrie, SCALE_START, TOKENS } from '#law';
import type { MoveSequence } from './train.ts';

export type Evaluation = {
  moves: number;
  /** Mean negative log-likelihood in nats. */
  nll: number;
  /** Share of moves among the likeliest 4, 8, 16 and 32 tokens. */
  coverage: Record<'4' | '8' | '16' | '32', number>;
};

const BRANCHES = [4, 8, 16, 32] as const;

export type Evaluator = {
  add(sequence: MoveSequence): void;
  result(): Evaluation;
};

export function createEvaluator(model: Model): Evaluator {
  const trie = createTrie(1);
  const covered = { '4': 0, '8': 0, '16': 0, '32': 0 };
  let nats = 0;
  let moves = 0;
  return {
    add({ tokens, codes }) {
      const session = model.openSession(trie);
      for (const [at, token] of tokens.entries()) {
        resetTrie(trie, SCALE_START);
        trie.code[0] = codes[at]!;
        session.pass(0, 1);
        const row = session.logits.subarray(session.rows[0]!, session.rows[0]! + TOKENS);
        const logit = row[token]!;
        let total = 0;
        let rank = 0;
        for (const [rival, other] of row.entries()) {
          total += Math.exp(other / 65_536);
          if (other > logit || (other === logit && rival < token)) rank++;
        }
        nats += Math.log(total) - logit / 65_536;
        for (const branches of BRANCHES) if (rank < branches) covered[`${branches}`]++;
        moves++;
        session.append(token, codes[at]!, codes[at + 1] ?? codes[at]!);
      }
    },
    result() {
      const share = (count: number) => Number((count / moves).toFixed(4));
      const coverage = {
        '4': share(covered['4']),
        '8': share(covered['8']),
        '16': share(covered['16']),
        '32': share(covered['32']),
      };
      return { moves, nll: Number((nats / moves).toFixed(4)), coverage };
    },
  };
}
