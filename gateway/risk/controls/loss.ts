/**
 * Daily loss and trailing drawdown: from the limit on, the exposure may shrink but not grow. The
 * drawdown may also be given in millionths of the high-water mark, which is capital plus peak.
 */
import { nanosOf } from '../../account/amount.ts';
import { type Control, growsExposure } from '../control.ts';
import { exceedsAt, type MoneyHeld, moneyExceeds } from '../hold.ts';
import type { Judgement } from '../judgement.ts';
import { load, subtractFrom } from '../money.ts';
import { alertAnswer } from '../objection.ts';
import { RULES } from '../rules.ts';
import { LIMIT, MONEY_LIMIT, PARAMETER, SCOPE } from '../scope-layout.ts';

const DAILY: MoneyHeld = { limit: MONEY_LIMIT.dailyLoss, reaches: true };
const TRAILING: MoneyHeld = { limit: MONEY_LIMIT.trailingDrawdown, reaches: true };
const NANOS = 1_000_000_000n;
const MILLION = 1_000_000;

export const dailyLoss: Control = {
  rule: RULES['daily-loss'],
  objects: judgement => growsExposure(judgement) && hasLost(judgement, DAILY),
};

export const trailingDrawdown: Control = {
  rule: RULES['trailing-drawdown'],
  objects: judgement =>
    growsExposure(judgement) && (hasLost(judgement, TRAILING) || hasFallen(judgement)),
};

function hasLost(judgement: Judgement, held: MoneyHeld): boolean {
  const from = held === DAILY ? SCOPE.dayStart : SCOPE.peak;
  const { memory, scopes, limited } = judgement;
  for (let at = 0; at < judgement.count; at++) {
    const scope = scopes[limited[at]!]!;
    load(judgement.amount, memory, scope + from);
    subtractFrom(judgement.amount, memory, scope + SCOPE.profit);
    if (moneyExceeds(judgement, limited[at]!, held)) return true;
  }
  return false;
}

function hasFallen(judgement: Judgement): boolean {
  const { memory, scopes, limited } = judgement;
  for (let at = 0; at < judgement.count; at++) {
    const limit = scopes[limited[at]!]! + SCOPE.limits + 3 * LIMIT.drawdownPpm;
    if (Math.min(memory[limit]!, memory[limit + 1]!) === Number.POSITIVE_INFINITY) continue;
    judgement.seen[0] = fallPpm(judgement, scopes[limited[at]!]!);
    if (exceedsAt(judgement, limited[at]!, LIMIT.drawdownPpm)) return true;
  }
  return false;
}

/** Rounded towards zero; a mark of nothing has fallen all the way. */
function fallPpm({ memory, amount }: Judgement, scope: number): number {
  load(amount, memory, scope + SCOPE.peak);
  const capital = BigInt(memory[scope + SCOPE.parameters + PARAMETER.capitalUnits]!) * NANOS;
  const mark = capital + nanosOf(amount);
  subtractFrom(amount, memory, scope + SCOPE.profit);
  const fall = nanosOf(amount);
  if (mark <= 0n) return fall > 0n ? MILLION : 0;
  return Number((fall * BigInt(MILLION)) / mark);
}

/** After a mark: says at once, and once, that a limit is near or reached. */
export function watchLoss(judgement: Judgement): void {
  judgement.rule = RULES['daily-loss'];
  watch(judgement, DAILY);
  judgement.rule = RULES['trailing-drawdown'];
  watch(judgement, TRAILING);
}

/** What refuses an order is an alert here: `warned` goes to 2 with it. */
function watch(judgement: Judgement, held: MoneyHeld): void {
  const { memory, scopes, limited } = judgement;
  const from = held === DAILY ? SCOPE.dayStart : SCOPE.peak;
  for (let at = 0; at < judgement.count; at++) {
    const scope = scopes[limited[at]!]!;
    load(judgement.amount, memory, scope + from);
    subtractFrom(judgement.amount, memory, scope + SCOPE.profit);
    const warned = scope + SCOPE.moneyLimits + 5 * held.limit + 4;
    if (!moneyExceeds(judgement, limited[at]!, held) || memory[warned] === 2) continue;
    memory[warned] = 2;
    alertAnswer(judgement, limited[at]!);
  }
}
