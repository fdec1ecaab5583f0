/**
 * Position: what is held and what is open together stay within the limit, a strategy's in each
 * instrument, or an instrument's over all strategies.
 */
import { type Control, intentOf, positionAfter } from '../control.ts';
import { exceedsAt } from '../hold.ts';
import type { Judgement } from '../judgement.ts';
import { INTENT } from '../layout.ts';
import { RULES } from '../rules.ts';
import { LIMIT, SCOPE } from '../scope-layout.ts';

const INSTRUMENT = 5;

export const position: Control = {
  rule: RULES.position,
  objects(judgement) {
    for (let at = 0; at < judgement.count; at++) {
      const kind = judgement.limited[at]!;
      const after = kind === INSTRUMENT ? afterOfAll(judgement) : positionAfter(judgement);
      judgement.seen[0] = Math.abs(after);
      if (exceedsAt(judgement, kind, LIMIT.positionLots)) return true;
    }
    return false;
  },
};

function afterOfAll(judgement: Judgement): number {
  const { memory, scopes } = judgement;
  const scope = scopes[INSTRUMENT]!;
  const side = intentOf(judgement, INTENT.side);
  const open = memory[scope + (side > 0 ? SCOPE.openBuyLots : SCOPE.openSellLots)]!;
  const others = Math.max(0, open - intentOf(judgement, INTENT.replacedLots));
  const lots = others + intentOf(judgement, INTENT.lots);
  return memory[scope + SCOPE.positionLots]! + side * lots;
}
