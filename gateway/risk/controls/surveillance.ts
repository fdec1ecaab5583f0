/**
 * Surveillance of our own flow, as policy: layering (cancels on one side while the other fills),
 * quote stuffing (messages that lead to nothing), stop cascades (stops on one side). The flow of a
 * scope is counted in eight slices of its window; the ninth forgets the first.
 */
import { type Control, intentOf } from '../control.ts';
import { exceedsAt } from '../hold.ts';
import type { Judgement } from '../judgement.ts';
import { EVENT, INTENT, PART } from '../layout.ts';
import { FLOW } from '../line-layout.ts';
import { RULES } from '../rules.ts';
import { LIMIT, PARAMETER, SCOPE } from '../scope-layout.ts';

export const layering: Control = {
  rule: RULES.layering,
  objects(judgement) {
    const { memory, scopes, limited } = judgement;
    const sell = sellOf(judgement);
    for (let at = 0; at < judgement.count; at++) {
      const scope = scopes[limited[at]!]!;
      if (!advance(judgement, scope)) continue;
      const least = memory[scope + SCOPE.parameters + PARAMETER.layeringFills]!;
      if (sum(memory, scope, FLOW.fills + 1 - sell) < Math.max(1, least)) continue;
      judgement.seen[0] = sum(memory, scope, FLOW.cancels + sell);
      if (exceedsAt(judgement, limited[at]!, LIMIT.layeringOrders)) return true;
    }
    return false;
  },
};

/** Only where the window has less than one fill for so many messages, 0: whatever it has. */
export const quoteStuffing: Control = {
  rule: RULES['quote-stuffing'],
  objects(judgement) {
    const { memory, scopes, limited } = judgement;
    for (let at = 0; at < judgement.count; at++) {
      const scope = scopes[limited[at]!]!;
      if (!advance(judgement, scope)) continue;
      const messages = 1 + both(memory, scope, FLOW.news) + both(memory, scope, FLOW.amends);
      judgement.seen[0] = messages + both(memory, scope, FLOW.cancels);
      const perFill = memory[scope + SCOPE.parameters + PARAMETER.stuffingPerFill]!;
      if (judgement.seen[0]! < perFill * both(memory, scope, FLOW.fills)) continue;
      if (exceedsAt(judgement, limited[at]!, LIMIT.stuffingMessages)) return true;
    }
    return false;
  },
};

export const stopCascade: Control = {
  rule: RULES['stop-cascade'],
  objects(judgement) {
    if (intentOf(judgement, INTENT.isStop) === 0) return false;
    const { memory, scopes, limited } = judgement;
    for (let at = 0; at < judgement.count; at++) {
      const scope = scopes[limited[at]!]!;
      if (!advance(judgement, scope)) continue;
      judgement.seen[0] = sum(memory, scope, FLOW.stops + sellOf(judgement)) + 1;
      if (exceedsAt(judgement, limited[at]!, LIMIT.stopOrders)) return true;
    }
    return false;
  },
};

/** 0 for a buy, 1 for a sell. */
function sellOf(judgement: Judgement): number {
  const side = judgement.input === PART.intent ? INTENT.side : EVENT.side;
  return judgement.memory[judgement.input + side]! > 0 ? 0 : 1;
}

/** Counts what happened, of FLOW, on the side of the call's record. */
export function countFlow(judgement: Judgement, what: number): void {
  const { memory, scopes, limited } = judgement;
  for (let at = 0; at < judgement.count; at++) {
    const scope = scopes[limited[at]!]!;
    if (!advance(judgement, scope)) continue;
    const slice = memory[scope + SCOPE.flowSlice]! % PART.slices;
    const value = what + sellOf(judgement);
    memory[scope + SCOPE.flow + slice * PART.sliceValues + value]! += 1;
    memory[scope + SCOPE.flowSums + value]! += 1;
  }
}

/** Empties the slices that have gone since; false for a scope without a window. */
function advance({ memory, input }: Judgement, scope: number): boolean {
  const windowNs = memory[scope + SCOPE.parameters + PARAMETER.flowWindowNs]!;
  if (windowNs === 0) return false;
  const now = Math.floor(memory[input + EVENT.nowNs]! / (windowNs / PART.slices));
  const last = memory[scope + SCOPE.flowSlice]!;
  for (let slice = Math.max(last + 1, now - PART.slices + 1); slice <= now; slice++) {
    const from = scope + SCOPE.flow + (slice % PART.slices) * PART.sliceValues;
    for (let value = 0; value < PART.sliceValues; value++) {
      memory[scope + SCOPE.flowSums + value]! -= memory[from + value]!;
      memory[from + value] = 0;
    }
  }
  memory[scope + SCOPE.flowSlice] = Math.max(last, now);
  return true;
}

const sum = (memory: Float64Array, scope: number, what: number) =>
  memory[scope + SCOPE.flowSums + what]!;

function both(memory: Float64Array, scope: number, what: number): number {
  return sum(memory, scope, what) + sum(memory, scope, what + 1);
}
