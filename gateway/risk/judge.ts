/** Judges an intent with all the gateway knows, and counts the answer. */
import { type Nanoseconds, SECOND_NS } from '#engine';
import type { GatewayEffects } from '../effects.ts';
import { profitNanos } from '../order/account.ts';
import type { Intent } from '../order/intent.ts';
import type { GatewayState } from '../state.ts';
import { checkRisk, type RiskAnswer } from './check.ts';
import type { RiskView } from './control.ts';

export function judge(
  state: GatewayState,
  intent: Intent,
  { nowNs, effects }: { nowNs: Nanoseconds; effects: GatewayEffects },
): RiskAnswer {
  const { counts, config } = state;
  effects.probe.begin();
  forgetOrders(state.orderTimesNs, nowNs - SECOND_NS);
  const answer = checkRisk(intent, viewOf(state, intent, nowNs), config.limits);
  effects.probe.end('risk');
  if (answer.kind === 'approved') {
    state.orderTimesNs.push(nowNs);
    return answer;
  }
  const { rule, seen, allowed } = answer;
  counts.refused[rule] = (counts.refused[rule] ?? 0) + 1;
  effects.refusals.push({ instrument: intent.instrument, rule, seen, allowed });
  return answer;
}

/** In place: they are in the order of their times. */
function forgetOrders(timesNs: Nanoseconds[], untilNs: Nanoseconds): void {
  let old = 0;
  while (old < timesNs.length && timesNs[old]! <= untilNs) old++;
  if (old > 0) timesNs.splice(0, old);
}

function viewOf(state: GatewayState, { instrument }: Intent, nowNs: Nanoseconds): RiskView {
  const { holding } = state.desks[instrument]!;
  const currency = holding.instrument.quoteCurrency;
  const { dayStartNanos, peakNanos } = state.accounts.get(currency)!;
  const holdings = state.desks.map(desk => desk.holding);
  return {
    nowNs,
    isKilled: state.isKilled,
    positionLots: holding.positionLots,
    recentOrders: state.orderTimesNs.length,
    profitNanos: profitNanos(holdings, currency),
    dayStartNanos,
    peakNanos,
    incrementNanos: holding.incrementNanos,
  };
}
