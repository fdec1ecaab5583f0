/**
 * Cancel on disconnect (FIA), for a venue that does not do it: where the connection was lost for
 * longer than the grace, all that rested there is to be cancelled before anything new leaves.
 */
import type { Judgement } from '../judgement.ts';
import { EVENT } from '../layout.ts';
import { EVENTS } from '../line-layout.ts';
import { alert, HARD } from '../objection.ts';
import { RULES } from '../rules.ts';
import { PARAMETER, SCOPE } from '../scope-layout.ts';

const VENUE = 1;

/** Whether the venue is back too late. Without a grace nothing is ever too late. */
export function applyConnection(judgement: Judgement): boolean {
  const { memory, scopes, input } = judgement;
  judgement.rule = RULES['cancel-on-disconnect'];
  const scope = scopes[VENUE]!;
  const nowNs = memory[input + EVENT.nowNs]!;
  const lostNs = memory[scope + SCOPE.lostNs]!;
  if (memory[input + EVENT.kind] === EVENTS.lost) {
    if (lostNs < 0) memory[scope + SCOPE.lostNs] = nowNs;
    return false;
  }
  memory[scope + SCOPE.lostNs] = -1;
  const graceNs = memory[scope + SCOPE.parameters + PARAMETER.graceNs]!;
  if (lostNs < 0 || graceNs === 0 || nowNs - lostNs <= graceNs) return false;
  judgement.seen[0] = nowNs - lostNs;
  alert(judgement, VENUE, { level: HARD, allowed: graceNs });
  return true;
}
