/**
 * What an operator lets trade again begins with a new signal: a wish of before, or of meanwhile,
 * was made for another market, and nobody looked at it when they armed.
 */
import { dropWishOf } from './drop-wish.ts';
import type { Desk } from './order/desk.ts';
import { deskState, venueState } from './risk/states.ts';
import type { GatewayState } from './state.ts';
import { stepRules } from './step-version.ts';

/** Makes a change by operators; the wishes of all desks that it lets do more are dropped. */
export function rearming<Outcome>(state: GatewayState, change: () => Outcome): Outcome {
  if (!stepRules(state.stepVersion).armDropsWishes) return change();
  const before = state.desks.map(desk => strictest(state, desk));
  const outcome = change();
  for (const [at, desk] of state.desks.entries()) {
    if (strictest(state, desk) < before[at]!) dropWishOf(state, desk);
  }
  return outcome;
}

/** Of the desk's scopes, and of the venues that its orders may go to. */
function strictest({ risk, venues }: GatewayState, desk: Desk): number {
  return Math.max(deskState(risk, desk), ...venues.map(({ index }) => venueState(risk, index)));
}
