/**
 * Reconciliation (RTS 6, 16 and 17): where the venue, a drop copy or a statement says another
 * position than ours, beyond the tolerance the instrument may only shrink until operators said.
 */
import { exceedsAt } from '../hold.ts';
import type { Judgement } from '../judgement.ts';
import { EVENT } from '../layout.ts';
import { LINE } from '../line-layout.ts';
import { RULES } from '../rules.ts';
import { LIMIT, SCOPE, STATE } from '../scope-layout.ts';
import { trip } from './kill-switch.ts';

export function reconcile(judgement: Judgement): void {
  const { memory, scopes, limited, input, line } = judgement;
  judgement.rule = RULES.reconciliation;
  const theirs = memory[input + EVENT.positionLots]!;
  for (let at = 0; at < judgement.count; at++) {
    const kind = limited[at]!;
    judgement.seen[0] = Math.abs(memory[line + LINE.positionLots]! - theirs);
    if (!exceedsAt(judgement, kind, LIMIT.reconciliationLots)) continue;
    const allowed = memory[scopes[kind]! + SCOPE.limits + 3 * LIMIT.reconciliationLots + 1]!;
    trip(judgement, kind, { state: STATE.reducing, allowed });
  }
}
