/**
 * Repeated-execution throttle (RTS 6, 15(3)): so many fills within a window halt the scope, until
 * a named person re-enables it.
 */
import { exceedsAt } from '../hold.ts';
import type { Judgement } from '../judgement.ts';
import { EVENT } from '../layout.ts';
import { empty, forget, push } from '../ring.ts';
import { RULES } from '../rules.ts';
import { LIMIT, PARAMETER, RING, SCOPE, STATE } from '../scope-layout.ts';
import { trip } from './kill-switch.ts';

export function countExecution(judgement: Judgement): void {
  const { memory, scopes, limited, input } = judgement;
  judgement.rule = RULES['repeated-execution'];
  const nowNs = memory[input + EVENT.nowNs]!;
  for (let at = 0; at < judgement.count; at++) {
    const kind = limited[at]!;
    const scope = scopes[kind]!;
    const windowNs = memory[scope + SCOPE.parameters + PARAMETER.executionWindowNs]!;
    if (windowNs === 0) continue;
    const ring = scope + SCOPE.executionRing;
    forget(memory, ring, nowNs - windowNs);
    push(memory, ring, nowNs);
    judgement.seen[0] = memory[ring + RING.count]!;
    if (!exceedsAt(judgement, kind, LIMIT.executions)) continue;
    const allowed = memory[scope + SCOPE.limits + 3 * LIMIT.executions + 1]!;
    trip(judgement, kind, { state: STATE.halted, allowed });
    empty(memory, ring);
  }
}
