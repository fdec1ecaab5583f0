/** The tree of branches for the terminal: what was looked ahead to, and what the market did. */
import type { EdgeState } from '#edge';
import {
  type Context,
  createTrie,
  horizonOf,
  type Model,
  type ModelSession,
  resetTrie,
  TOKEN_MOVES,
  TOKENS,
} from '#law';
import type { LiveView } from './live-view.ts';

export type BranchView = (edge: EdgeState) => LiveView['tree'];

/** Follows the instrument that moved last; chances are the draft's, before the move. */
export function createBranchView(draft: Model | undefined): BranchView {
  const trie = createTrie(1);
  const session = draft?.openSession(trie);
  let shown: LiveView['tree'];

  const chances = ({ logits, rows, ...asked }: ModelSession, { tokens, codes }: Context) => {
    const code = codes.at(-1)!;
    asked.prefill(tokens.subarray(0, -1), codes.subarray(0, -1), code);
    resetTrie(trie, 1);
    trie.code[0] = code;
    asked.pass(0, 1);
    const row = logits.subarray(rows[0]!, rows[0]! + TOKENS);
    const weights = Array.from(row, logit => Math.exp(logit / 65_536));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map(weight => (100 * weight) / total);
  };

  return edge => {
    for (const { context, asked, forecast, awaits } of edge.instruments) {
      const before = asked.filter(
        a => a.epoch === context.epoch && a.moveIndex === context.moveIndex - 1,
      );
      const branches = before.flatMap(a => [...a.branches]);
      if (branches.length === 0 || session === undefined) continue;
      const taken = context.tokens.at(-1)!;
      const code = context.codes.at(-1)!;
      const percents = chances(session, context);
      const holder = before.find(a => a.branches.includes(taken));
      shown = {
        symbol: context.symbol,
        branches: branches.map(token => ({
          move: signed(TOKEN_MOVES[code * TOKENS + token]! / 2),
          percent: percents[token]!,
          isTaken: token === taken,
          forecast:
            token === taken && forecast !== undefined
              ? signed(horizonOf(forecast.forecast, edge.config.moves).meanQ8 / 512, 2)
              : '',
        })),
        outcome:
          holder === undefined
            ? 'miss'
            : awaits === undefined && holder.state === 'settled'
              ? 'hit'
              : 'late',
      };
      return shown;
    }
    return shown;
  };
}

function signed(increments: number, decimals = 1): string {
  return `${increments > 0 ? '+' : ''}${increments.toFixed(decimals)}`;
}
