/** What a rule says: its answer to an intent, and alerts. */
import type { Judgement } from './judgement.ts';
import { ALERT, ANSWER, HEADER, PART } from './layout.ts';

export const SOFT = 1;
export const HARD = 2;

/** isMoney, seen pair, allowed pair stand in a row, in answers as in alerts. */
export function writeMoney({ memory, amount }: Judgement, to: number, limitAt: number): void {
  memory[to] = 1;
  memory[to + 1] = amount[0]!;
  memory[to + 2] = amount[1]!;
  memory[to + 3] = memory[limitAt]!;
  memory[to + 4] = memory[limitAt + 1]!;
}

/** The rule under check objects to `seen`, against what is allowed. */
export function answer(judgement: Judgement, kind: number, allowed: number): void {
  const { memory, rule, seen } = judgement;
  const to = PART.answer;
  memory[to + ANSWER.rule] = rule;
  memory[to + ANSWER.scopeKind] = kind;
  memory[to + ANSWER.scopeIndex] = scopeIndexOf(judgement, kind);
  memory[to + ANSWER.isMoney] = 0;
  memory[to + ANSWER.seen] = seen[0]!;
  memory[to + ANSWER.seenLow] = 0;
  memory[to + ANSWER.allowed] = allowed;
  memory[to + ANSWER.allowedLow] = 0;
}

/** The same of a rule that asks a question: it saw 1, and allows 0. */
export function forbid(judgement: Judgement, kind: number): true {
  judgement.seen[0] = 1;
  answer(judgement, kind, 0);
  return true;
}

/** Appends an alert of `seen` and says where it stands; 0 where there is no room for more. */
export function alert(
  judgement: Judgement,
  kind: number,
  { level, allowed }: { level: number; allowed: number },
): number {
  const { memory, rule, seen } = judgement;
  const count = memory[PART.answer + ANSWER.alerts]!;
  if (count >= PART.alertsMax) return 0;
  memory[PART.answer + ANSWER.alerts] = count + 1;
  const to = PART.alerts + count * PART.alertValues;
  memory[to + ALERT.rule] = rule;
  memory[to + ALERT.level] = level;
  memory[to + ALERT.scopeKind] = kind;
  memory[to + ALERT.scopeIndex] = scopeIndexOf(judgement, kind);
  memory[to + ALERT.isMoney] = 0;
  memory[to + ALERT.seen] = seen[0]!;
  memory[to + ALERT.seenLow] = 0;
  memory[to + ALERT.allowed] = allowed;
  memory[to + ALERT.allowedLow] = 0;
  return to;
}

/** What the answer says, as an alert: for a rule that watches where nothing is asked for. */
export function alertAnswer(judgement: Judgement, kind: number): void {
  const { memory } = judgement;
  const to = alert(judgement, kind, {
    level: HARD,
    allowed: memory[PART.answer + ANSWER.allowed]!,
  });
  if (to === 0) return;
  for (let value = 0; value < 5; value++) {
    memory[to + ALERT.isMoney + value] = memory[PART.answer + ANSWER.isMoney + value]!;
  }
}

/** Of a call's scope, within its kind. */
export function scopeIndexOf({ memory, scopes }: Judgement, kind: number): number {
  let first = 0;
  for (let each = 0; each < kind; each++) {
    first += each === 0 ? 1 : memory[HEADER.venues + each - 1]!;
  }
  return (scopes[kind]! - memory[HEADER.scopesAt]!) / PART.scopeValues - first;
}
