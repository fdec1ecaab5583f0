/**
 * Maximum messages (RTS 6, 15(1)(d)): orders in a sliding window, and a token bucket each for new
 * orders, amendments and cancels, whose budget nothing else can use up. Cancels always pass; what
 * is beyond their budget is counted and said.
 *
 * A bucket is one time, at which it would be full again: each message moves it on by an interval,
 * and `burst` intervals ahead of now it is empty.
 */
import { type Control, intentOf } from '../control.ts';
import { exceedsAt } from '../hold.ts';
import type { Judgement } from '../judgement.ts';
import { EVENT, INTENT } from '../layout.ts';
import { alert, HARD } from '../objection.ts';
import { ceilRatio } from '../ratio.ts';
import { forget, push } from '../ring.ts';
import { RULES } from '../rules.ts';
import { LIMIT, PARAMETER, RING, SCOPE } from '../scope-layout.ts';

type Bucket = { fullNs: number; intervalNs: number; limit: number };

const NEW: Bucket = {
  ...{ fullNs: SCOPE.newFullNs, intervalNs: PARAMETER.newIntervalNs, limit: LIMIT.newMessages },
};
const AMEND: Bucket = {
  ...{ fullNs: SCOPE.amendFullNs, intervalNs: PARAMETER.amendIntervalNs },
  limit: LIMIT.amendMessages,
};
const CANCEL: Bucket = {
  ...{ fullNs: SCOPE.cancelFullNs, intervalNs: PARAMETER.cancelIntervalNs },
  limit: LIMIT.cancelMessages,
};

export const orderRate: Control = {
  rule: RULES['order-rate'],
  objects(judgement) {
    const { memory, scopes, limited } = judgement;
    for (let at = 0; at < judgement.count; at++) {
      const scope = scopes[limited[at]!]!;
      if (!countsOrders(memory, scope)) continue;
      const windowNs = memory[scope + SCOPE.parameters + PARAMETER.orderWindowNs]!;
      forget(memory, scope + SCOPE.orderRing, intentOf(judgement, INTENT.nowNs) - windowNs);
      judgement.seen[0] = memory[scope + SCOPE.orderRing + RING.count]! + 1;
      if (exceedsAt(judgement, limited[at]!, LIMIT.orders)) return true;
    }
    return false;
  },
};

function countsOrders(memory: Float64Array, scope: number): boolean {
  const limit = scope + SCOPE.limits + 3 * LIMIT.orders;
  return Math.min(memory[limit]!, memory[limit + 1]!) < Number.POSITIVE_INFINITY;
}

export const messageRate: Control = {
  rule: RULES['message-rate'],
  objects(judgement) {
    const bucket = intentOf(judgement, INTENT.isAmend) === 0 ? NEW : AMEND;
    const { memory, scopes, limited } = judgement;
    for (let at = 0; at < judgement.count; at++) {
      if (!setTaken(judgement, scopes[limited[at]!]!, bucket)) continue;
      if (exceedsAt(judgement, limited[at]!, bucket.limit)) return true;
    }
    for (let at = 0; at < judgement.count; at++) {
      const scope = scopes[limited[at]!]!;
      judgement.seen[0] = memory[scope + SCOPE.news]! + memory[scope + SCOPE.amends]! + 1;
      judgement.seen[0] += memory[scope + SCOPE.cancels]!;
      if (exceedsAt(judgement, limited[at]!, LIMIT.messagesPerDay)) return true;
    }
    return false;
  },
};

/** `seen`: tokens that would be out of the bucket with one more; false where there is none. */
function setTaken({ memory, input, seen }: Judgement, scope: number, bucket: Bucket): boolean {
  const intervalNs = memory[scope + SCOPE.parameters + bucket.intervalNs]!;
  if (intervalNs === 0) return false;
  const nowNs = memory[input + INTENT.nowNs]!;
  const fullNs = Math.max(memory[scope + bucket.fullNs]!, nowNs) + intervalNs;
  seen[0] = ceilRatio(fullNs - nowNs, intervalNs);
  return true;
}

function take({ memory, input }: Judgement, scope: number, bucket: Bucket): void {
  const intervalNs = memory[scope + SCOPE.parameters + bucket.intervalNs]!;
  if (intervalNs === 0) return;
  const nowNs = memory[input + INTENT.nowNs]!;
  memory[scope + bucket.fullNs] = Math.max(memory[scope + bucket.fullNs]!, nowNs) + intervalNs;
}

/** An approved order, in every window and bucket. */
export function takeOrder(judgement: Judgement): void {
  const { memory, scopes, limited } = judgement;
  const isAmend = intentOf(judgement, INTENT.isAmend) !== 0;
  for (let at = 0; at < judgement.count; at++) {
    const scope = scopes[limited[at]!]!;
    if (countsOrders(memory, scope)) {
      push(memory, scope + SCOPE.orderRing, intentOf(judgement, INTENT.nowNs));
    }
    take(judgement, scope, isAmend ? AMEND : NEW);
    memory[scope + (isAmend ? SCOPE.amends : SCOPE.news)]! += 1;
  }
}

/** A cancel that leaves, whatever its budget says. */
export function takeCancel(judgement: Judgement): void {
  const { memory, scopes, limited } = judgement;
  judgement.rule = RULES['message-rate'];
  for (let at = 0; at < judgement.count; at++) {
    const kind = limited[at]!;
    const scope = scopes[kind]!;
    memory[scope + SCOPE.cancels]! += 1;
    if (!setTaken(judgement, scope, CANCEL)) continue;
    const allowed = memory[scope + SCOPE.limits + 3 * LIMIT.cancelMessages + 1]!;
    if (judgement.seen[0]! > allowed) {
      memory[scope + SCOPE.overBudget]! += 1;
      alert(judgement, kind, { level: HARD, allowed });
    } else {
      exceedsAt(judgement, kind, LIMIT.cancelMessages);
      take(judgement, scope, CANCEL);
    }
  }
}

/** Of the day. */
export function takeFill({ memory, scopes, limited, count }: Judgement): void {
  for (let at = 0; at < count; at++) memory[scopes[limited[at]!]! + SCOPE.fills]! += 1;
}

const DAY_NS = 86_400_000_000_000;

/** A UTC day begins the counts anew; the day of an event before is not gone back to. */
export function beginDay(judgement: Judgement): void {
  const { memory, scopes, limited, input } = judgement;
  const utcDay = Math.floor(memory[input + EVENT.nowNs]! / DAY_NS);
  for (let at = 0; at < judgement.count; at++) {
    const scope = scopes[limited[at]!]!;
    if (memory[scope + SCOPE.utcDay]! >= utcDay) continue;
    memory[scope + SCOPE.utcDay] = utcDay;
    for (let value: number = SCOPE.news; value <= SCOPE.occasions; value++)
      memory[scope + value] = 0;
  }
}
