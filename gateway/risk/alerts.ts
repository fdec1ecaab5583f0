/** What risk has to say beside its answers: soft limits passed, hard ones reached, trips. */
import { type Amount, createAmount, nanosOf } from '../account/amount.ts';
import type { Objection } from './control.ts';
import { ALERT, ANSWER, PART } from './layout.ts';
import type { Risk } from './risk.ts';
import { type RuleName, ruleName } from './rules.ts';
import { SCOPE_KINDS } from './scope-layout.ts';
import { scopeText } from './scope-name.ts';

export type Alert = {
  /** Soft warns; hard is reached or trips its scope. */
  level: 'soft' | 'hard';
  rule: RuleName;
  /** `firm`, or `strategy:NAME`. */
  scope: string;
} & Objection;

/** The alerts of the latest call, appended. */
export function readAlerts({ memory, topology }: Risk, to: Alert[]): void {
  const count = memory[PART.answer + ANSWER.alerts]!;
  for (let at = 0; at < count; at++) {
    const from = PART.alerts + at * PART.alertValues;
    to.push({
      level: memory[from + ALERT.level] === 1 ? 'soft' : 'hard',
      rule: ruleName(memory[from + ALERT.rule]!),
      scope: scopeText(topology, {
        kind: SCOPE_KINDS[memory[from + ALERT.scopeKind]!]!,
        index: memory[from + ALERT.scopeIndex]!,
      }),
      ...objectionAt(memory, from + ALERT.isMoney),
    });
  }
}

/** Whose limit the latest answer is about. */
export const answeredScope = ({ memory, topology }: Risk): string =>
  scopeText(topology, {
    kind: SCOPE_KINDS[memory[PART.answer + ANSWER.scopeKind]!]!,
    index: memory[PART.answer + ANSWER.scopeIndex]!,
  });

const NANOS_PER_UNIT = 1_000_000_000n;

/** isMoney, seen pair, allowed pair; money in whole units, rounded towards zero. */
export function objectionAt(memory: Float64Array, at: number): Objection {
  if (memory[at] === 0) return { seen: memory[at + 1]!, allowed: memory[at + 3]! };
  const units = (from: number) => nanosOf(amountAt(memory, from)) / NANOS_PER_UNIT;
  return { seen: units(at + 1), allowed: Number(units(at + 3)) };
}

function amountAt(memory: Float64Array, at: number): Amount {
  const amount = createAmount();
  amount.set(memory.subarray(at, at + 2));
  return amount;
}
