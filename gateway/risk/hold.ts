/** Holds what a rule sees against a limit, soft and hard. */
import type { Judgement } from './judgement.ts';
import { ALERT, ANSWER, PART } from './layout.ts';
import { alert, answer, SOFT, writeMoney } from './objection.ts';
import { SCOPE } from './scope-layout.ts';

/** Holds `seen` against a limit of every scope; true where it is above a hard one. */
export function exceeds(judgement: Judgement, limit: number): boolean {
  for (let at = 0; at < judgement.count; at++) {
    if (exceedsAt(judgement, judgement.limited[at]!, limit)) return true;
  }
  return false;
}

/** The same for the scope of one kind. */
export function exceedsAt(judgement: Judgement, kind: number, limit: number): boolean {
  const { memory, scopes, seen } = judgement;
  const at = scopes[kind]! + SCOPE.limits + 3 * limit;
  judgement.onHeld?.(kind, at, false);
  if (seen[0]! > memory[at + 1]!) {
    answer(judgement, kind, memory[at + 1]!);
    return true;
  }
  if (!(seen[0]! > memory[at]!)) memory[at + 2] = 0;
  else if (memory[at + 2] === 0) {
    memory[at + 2] = 1;
    alert(judgement, kind, { level: SOFT, allowed: memory[at]! });
  }
  return false;
}

/** `amount` against a money limit of the scope of one kind: above it, or at it already. */
export function moneyExceeds(judgement: Judgement, kind: number, limit: MoneyHeld): boolean {
  const { memory, scopes } = judgement;
  const at = scopes[kind]! + SCOPE.moneyLimits + 5 * limit.limit;
  judgement.onHeld?.(kind, at, true);
  if (limit.reaches ? isAt(judgement, at + 2) : isAbove(judgement, at + 2)) {
    answer(judgement, kind, 0);
    writeMoney(judgement, PART.answer + ANSWER.isMoney, at + 2);
    return true;
  }
  if (!(limit.reaches ? isAt(judgement, at) : isAbove(judgement, at))) memory[at + 4] = 0;
  else if (memory[at + 4] === 0) {
    memory[at + 4] = 1;
    const place = alert(judgement, kind, { level: SOFT, allowed: 0 });
    if (place > 0) writeMoney(judgement, place + ALERT.isMoney, at);
  }
  return false;
}

export type MoneyHeld = { readonly limit: number; readonly reaches: boolean };

/** Whether `amount` is above the money at a place in memory; an infinite one has no low half. */
function isAbove({ amount, memory }: Judgement, at: number): boolean {
  const high = memory[at]!;
  return high === amount[0]! ? memory[at + 1]! < amount[1]! : high < amount[0]!;
}

function isAt({ amount, memory }: Judgement, at: number): boolean {
  const high = memory[at]!;
  return high === amount[0]! ? memory[at + 1]! <= amount[1]! : high < amount[0]!;
}
