/**
 * Self-trade prevention (FINRA RN 15-09) over all strategies of an instrument: an order that would
 * meet one of our own is refused (cancel-new), waits until that one is cancelled (cancel-old), or
 * is refused as a breach (reject). The answer says which, and whose order it is.
 */
import { type Control, intentOf } from '../control.ts';
import type { Judgement } from '../judgement.ts';
import { ANSWER, HEADER, INTENT, PART } from '../layout.ts';
import { LINE } from '../line-layout.ts';
import { answer } from '../objection.ts';
import { RULES } from '../rules.ts';
import { PARAMETER, SCOPE } from '../scope-layout.ts';

/** Values of the setting `selfTrade`. */
export const SELF_TRADE = { off: 0, 'cancel-new': 1, 'cancel-old': 2, reject: 3 } as const;

export const selfTrade: Control = {
  rule: RULES['self-trade'],
  objects(judgement) {
    const { memory, scopes, limited } = judgement;
    for (let at = 0; at < judgement.count; at++) {
      const parameters = scopes[limited[at]!]! + SCOPE.parameters;
      const action = memory[parameters + PARAMETER.selfTrade]!;
      if (action === 0) continue;
      const line = metLine(judgement);
      if (line < 0) return false;
      judgement.seen[0] = intentOf(judgement, INTENT.limitIncrements);
      answer(judgement, limited[at]!, restingPrice(judgement, line));
      memory[PART.answer + ANSWER.action] = action;
      memory[PART.answer + ANSWER.line] = line;
      return true;
    }
    return false;
  },
};

/** The first line whose resting order the intent would trade with; -1 where there is none. */
function metLine(judgement: Judgement): number {
  const { memory } = judgement;
  const strategies = memory[HEADER.strategies]!;
  const first = intentOf(judgement, INTENT.instrument) * strategies;
  const isBuy = intentOf(judgement, INTENT.side) > 0;
  const limit = intentOf(judgement, INTENT.limitIncrements);
  const isMarket = intentOf(judgement, INTENT.isMarket) !== 0;
  for (let line = first; line < first + strategies; line++) {
    const at = memory[HEADER.linesAt]! + line * PART.lineValues;
    const open = memory[at + (isBuy ? LINE.openSellLots : LINE.openBuyLots)]!;
    if (open === 0) continue;
    const resting = restingPrice(judgement, line);
    if (isMarket || (isBuy ? limit >= resting : limit <= resting)) return line;
  }
  return -1;
}

function restingPrice(judgement: Judgement, line: number): number {
  const { memory } = judgement;
  const at = memory[HEADER.linesAt]! + line * PART.lineValues;
  const isBuy = intentOf(judgement, INTENT.side) > 0;
  return memory[at + (isBuy ? LINE.lowestSell : LINE.highestBuy)]!;
}
