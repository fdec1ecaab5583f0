/**
 * Programme trading (CSRC and the exchanges of China): so many orders and cancels within a window
 * are an occasion, and occasions of a day are limited. Window, count and occasions are parameters;
 * the messages of one occasion are not counted for the next.
 */
import type { Control } from '../control.ts';
import { exceedsAt } from '../hold.ts';
import type { Judgement } from '../judgement.ts';
import { EVENT } from '../layout.ts';
import { empty, forget, push } from '../ring.ts';
import { RULES } from '../rules.ts';
import { LIMIT, PARAMETER, RING, SCOPE } from '../scope-layout.ts';

export const programmeTrading: Control = {
  rule: RULES['programme-trading'],
  objects(judgement) {
    const { memory, scopes, limited } = judgement;
    for (let at = 0; at < judgement.count; at++) {
      judgement.seen[0] = memory[scopes[limited[at]!]! + SCOPE.occasions]!;
      if (exceedsAt(judgement, limited[at]!, LIMIT.programmeOccasions)) return true;
    }
    return false;
  },
};

/** An order or a cancel that leaves. */
export function countMessage(judgement: Judgement): void {
  const { memory, scopes, limited, input } = judgement;
  judgement.rule = RULES['programme-trading'];
  const nowNs = memory[input + EVENT.nowNs]!;
  for (let at = 0; at < judgement.count; at++) {
    const scope = scopes[limited[at]!]!;
    const windowNs = memory[scope + SCOPE.parameters + PARAMETER.programmeWindowNs]!;
    if (windowNs === 0) continue;
    const ring = scope + SCOPE.programmeRing;
    forget(memory, ring, nowNs - windowNs);
    push(memory, ring, nowNs);
    const count = memory[scope + SCOPE.parameters + PARAMETER.programmeCount]!;
    if (memory[ring + RING.count]! < count) continue;
    empty(memory, ring);
    memory[scope + SCOPE.occasions]! += 1;
    judgement.seen[0] = memory[scope + SCOPE.occasions]!;
    warnOfOccasion(judgement, limited[at]!);
  }
}

/** Soft and warned alone: what is above hard, the next order is refused for. */
function warnOfOccasion(judgement: Judgement, kind: number): void {
  const { memory, scopes, seen } = judgement;
  const hard = scopes[kind]! + SCOPE.limits + 3 * LIMIT.programmeOccasions + 1;
  if (seen[0]! <= memory[hard]!) exceedsAt(judgement, kind, LIMIT.programmeOccasions);
}
