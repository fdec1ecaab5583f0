/** What risk has to say beside its answers: soft limits passed, hard ones reached, trips. */
import { type Amount, createAmount, nanosOf } from '../account/amount.ts';
import type { Objection } from './control.ts';
import { SELF_TRADE } from './controls/self-trade.ts';
import { ALERT, ANSWER, HEADER, PART } from './layout.ts';
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

/** Hard alerts of these rules are trips: the scope is in another state from then on. */
const TRIPPING: readonly RuleName[] = ['repeated-execution', 'reconciliation'];

/** The alerts of the latest call, appended. */
export function readAlerts(risk: Risk, to: Alert[]): void {
  const { memory, topology } = risk;
  const count = memory[PART.answer + ANSWER.alerts]!;
  for (let at = 0; at < count; at++) {
    const from = PART.alerts + at * PART.alertValues;
    const rule = ruleName(memory[from + ALERT.rule]!);
    const level = memory[from + ALERT.level] === 1 ? 'soft' : 'hard';
    if (level === 'hard' && TRIPPING.includes(rule)) risk.hasTripped = true;
    to.push({
      ...{ level, rule },
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

/** Of a refusal under cancel-old: whose order is to go. */
export function metDesk({ memory }: Risk): { strategy: number; instrument: number } | undefined {
  if (memory[PART.answer + ANSWER.action] !== SELF_TRADE['cancel-old']) return undefined;
  const line = memory[PART.answer + ANSWER.line]!;
  const strategies = memory[HEADER.strategies]!;
  return { strategy: line % strategies, instrument: Math.floor(line / strategies) };
}

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
