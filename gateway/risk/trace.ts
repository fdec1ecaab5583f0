/** Risk that says of each rule what it saw against which limits: for a replay, by the twin. */
import type { Kernels } from '#native';
import { createAmount, nanosOf } from '../account/amount.ts';
import { decimalText } from '../account/statement.ts';
import { objectionAt } from './alerts.ts';
import type { Control } from './control.ts';
import type { Judgement } from './judgement.ts';
import { ANSWER, INTENT, PART } from './layout.ts';
import { scopeIndexOf } from './objection.ts';
import { type RuleName, ruleName } from './rules.ts';
import { SCOPE_KINDS, type ScopeKind } from './scope-layout.ts';
import { bindRiskTwin, CONTROLS } from './twin.ts';

/** One limit that is set, and what was held against it; money as a decimal, the rest integers. */
export type HeldLimit = {
  kind: ScopeKind;
  /** Of the scope within its kind. */
  index: number;
  seen: string;
  /** Undefined where that level is not set. */
  soft: string | undefined;
  hard: string | undefined;
};

export type RiskCheck = {
  rule: RuleName;
  passed: boolean;
  limits: HeldLimit[];
  /** Where it refused: what it saw against what it allows, money in whole units. */
  objection: { seen: string; allowed: string } | undefined;
};

/** All that was asked about one intent, in the order it was asked; it ends with a refusal. */
export type JudgedIntent = {
  strategy: number;
  instrument: number;
  /** Counter of the ClOrdID that its request would get. */
  idSerial: number;
  checks: RiskCheck[];
};

/** The kernels given, but risk by the twin, which tells of every judgement as it begins. */
export function tracingKernels(
  kernels: Kernels,
  onJudging: (judged: JudgedIntent) => void,
): Kernels {
  return { ...kernels, bindRisk: memory => bindRiskTwin(memory, tracedControls(onJudging)) };
}

function tracedControls(onJudging: (judged: JudgedIntent) => void): Control[] {
  let judged: JudgedIntent | undefined;
  return CONTROLS.map((control, at) => ({
    rule: control.rule,
    objects(judgement) {
      if (at === 0 || judged === undefined) {
        judged = beginJudging(judgement);
        onJudging(judged);
      }
      const check = ask(control, judgement);
      judged.checks.push(check);
      return !check.passed;
    },
  }));
}

function beginJudging({ memory }: Judgement): JudgedIntent {
  return {
    strategy: memory[PART.intent + INTENT.strategy]!,
    instrument: memory[PART.intent + INTENT.instrument]!,
    idSerial: memory[PART.intent + INTENT.idSerial]!,
    checks: [],
  };
}

function ask(control: Control, judgement: Judgement): RiskCheck {
  const limits: HeldLimit[] = [];
  judgement.onHeld = (kind, limitAt, isMoney) => {
    const limit = isMoney
      ? heldMoney(judgement, kind, limitAt)
      : heldNumber(judgement, kind, limitAt);
    if (limit.soft !== undefined || limit.hard !== undefined) limits.push(limit);
  };
  const passed = !control.objects(judgement);
  judgement.onHeld = undefined;
  const { memory } = judgement;
  if (passed) return { rule: ruleName(control.rule), passed, limits, objection: undefined };
  // A scope that a rule tripped is refused in that rule's name.
  const rule = ruleName(memory[PART.answer + ANSWER.rule]!);
  const { seen, allowed } = objectionAt(memory, PART.answer + ANSWER.isMoney);
  return { rule, passed, limits, objection: { seen: String(seen), allowed: String(allowed) } };
}

const scopeOf = (judgement: Judgement, kind: number) => ({
  ...{ kind: SCOPE_KINDS[kind]!, index: scopeIndexOf(judgement, kind) },
});

function heldNumber(judgement: Judgement, kind: number, at: number): HeldLimit {
  const { memory, seen } = judgement;
  const text = (value: number) => (Number.isFinite(value) ? String(value) : undefined);
  return {
    ...scopeOf(judgement, kind),
    ...{ seen: String(seen[0]), soft: text(memory[at]!), hard: text(memory[at + 1]!) },
  };
}

function heldMoney(judgement: Judgement, kind: number, at: number): HeldLimit {
  const { memory, amount } = judgement;
  const text = (from: number) => {
    if (!Number.isFinite(memory[from]!)) return undefined;
    const limit = createAmount();
    limit.set(memory.subarray(from, from + 2));
    return decimalText(nanosOf(limit));
  };
  return {
    ...scopeOf(judgement, kind),
    ...{ seen: decimalText(nanosOf(amount)), soft: text(at), hard: text(at + 2) },
  };
}
