/**
 * Duplicate orders (SEC 15c3-5(c)(1)(ii)): the same instrument, side, quantity and price within a
 * window, of one strategy where the limit is a strategy's; and no ClOrdID a second time in a day.
 * An instrument remembers its latest 64 new orders.
 */
import { type Control, intentOf } from '../control.ts';
import { exceedsAt } from '../hold.ts';
import type { Judgement } from '../judgement.ts';
import { HEADER, INTENT, PART } from '../layout.ts';
import { INSTRUMENT } from '../line-layout.ts';
import { forbid } from '../objection.ts';
import { RULES } from '../rules.ts';
import { LIMIT, PARAMETER, SCOPE } from '../scope-layout.ts';

const STRATEGY = 3;
const VALUES = 5;

export const duplicateOrder: Control = {
  rule: RULES['duplicate-order'],
  objects(judgement) {
    if (intentOf(judgement, INTENT.isAmend) !== 0) return false;
    const { memory, scopes, limited } = judgement;
    for (let at = 0; at < judgement.count; at++) {
      const parameters = scopes[limited[at]!]! + SCOPE.parameters;
      const windowNs = memory[parameters + PARAMETER.duplicateWindowNs]!;
      if (windowNs === 0) continue;
      const sinceNs = intentOf(judgement, INTENT.nowNs) - windowNs;
      judgement.seen[0] = equalSince(judgement, sinceNs, limited[at] === STRATEGY) + 1;
      if (exceedsAt(judgement, limited[at]!, LIMIT.duplicateOrders)) return true;
    }
    return false;
  },
};

function equalSince(judgement: Judgement, sinceNs: number, isOwn: boolean): number {
  const { memory, instrument } = judgement;
  const count = memory[instrument + INSTRUMENT.duplicateCount]!;
  let equal = 0;
  for (let at = count - 1; at >= 0; at--) {
    const order = orderAt(judgement, at);
    // Times ascend: what came before is older still.
    if (memory[order]! <= sinceNs) break;
    if (isOwn && memory[order + 1] !== intentOf(judgement, INTENT.strategy)) continue;
    if (memory[order + 2] !== intentOf(judgement, INTENT.side)) continue;
    if (memory[order + 3] !== intentOf(judgement, INTENT.lots)) continue;
    if (memory[order + 4] === intentOf(judgement, INTENT.limitIncrements)) equal++;
  }
  return equal;
}

/** The oldest is 0. */
function orderAt({ memory, instrument }: Judgement, at: number): number {
  const index = (memory[instrument + INSTRUMENT.duplicateFirst]! + at) % PART.duplicatesMax;
  return instrument + INSTRUMENT.duplicates + VALUES * index;
}

/** An approved new order, in place of the oldest where there is no room. */
export function rememberOrder(judgement: Judgement): void {
  if (intentOf(judgement, INTENT.isAmend) !== 0) return;
  const { memory, instrument } = judgement;
  const count = memory[instrument + INSTRUMENT.duplicateCount]!;
  const order = orderAt(judgement, count);
  memory[order] = intentOf(judgement, INTENT.nowNs);
  memory[order + 1] = intentOf(judgement, INTENT.strategy);
  memory[order + 2] = intentOf(judgement, INTENT.side);
  memory[order + 3] = intentOf(judgement, INTENT.lots);
  memory[order + 4] = intentOf(judgement, INTENT.limitIncrements);
  if (count < PART.duplicatesMax) memory[instrument + INSTRUMENT.duplicateCount] = count + 1;
  else {
    const first = memory[instrument + INSTRUMENT.duplicateFirst]!;
    memory[instrument + INSTRUMENT.duplicateFirst] = (first + 1) % PART.duplicatesMax;
  }
}

/** Ids ascend; one that does not was given out before. */
export const clientOrderId: Control = {
  rule: RULES['client-order-id'],
  objects(judgement) {
    const { memory } = judgement;
    const date = intentOf(judgement, INTENT.idDate);
    const serial = intentOf(judgement, INTENT.idSerial);
    const last = memory[HEADER.idDate]!;
    if (date > last || (date === last && serial > memory[HEADER.idSerial]!)) return false;
    return forbid(judgement, 0);
  },
};

export function rememberId(judgement: Judgement): void {
  const { memory } = judgement;
  memory[HEADER.idDate] = intentOf(judgement, INTENT.idDate);
  memory[HEADER.idSerial] = intentOf(judgement, INTENT.idSerial);
}
