/**
 * Kill switch (RTS 6, 12): in a halted scope nothing new leaves, cancels do; in a reducing one
 * only what shrinks the position. A scope is halted by an operator or by a rule that tripped,
 * which the refusal then names.
 */
import { type Control, growsExposure } from '../control.ts';
import type { Judgement } from '../judgement.ts';
import { INTENT } from '../layout.ts';
import { alert, forbid, HARD } from '../objection.ts';
import { RULES } from '../rules.ts';
import { SCOPE, STATE } from '../scope-layout.ts';

const KINDS = 6;

export const killSwitch: Control = {
  rule: RULES['kill-switch'],
  objects(judgement) {
    const { memory, scopes } = judgement;
    for (let kind = 0; kind < KINDS; kind++) {
      const scope = scopes[kind]!;
      if (memory[scope + SCOPE.state] !== STATE.halted) continue;
      judgement.rule = memory[scope + SCOPE.trippedRule]!;
      return forbid(judgement, kind);
    }
    return false;
  },
};

export const reducing: Control = {
  rule: RULES.reducing,
  objects(judgement) {
    const { memory, scopes } = judgement;
    for (let kind = 0; kind < KINDS; kind++) {
      if (memory[scopes[kind]! + SCOPE.state] !== STATE.reducing) continue;
      if (growsExposure(judgement)) return forbid(judgement, kind);
    }
    return false;
  },
};

/** A rule takes a scope to a stricter state, from which operators alone bring it back. */
export function trip(
  judgement: Judgement,
  kind: number,
  { state, allowed }: { state: number; allowed: number },
): void {
  const { memory, rule, input } = judgement;
  const scope = judgement.scopes[kind]!;
  if (memory[scope + SCOPE.state]! >= state) return;
  memory[scope + SCOPE.state] = state;
  memory[scope + SCOPE.trippedRule] = rule;
  memory[scope + SCOPE.trippedNs] = memory[input + INTENT.nowNs]!;
  alert(judgement, kind, { level: HARD, allowed });
}
