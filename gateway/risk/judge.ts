/** Judges an intent with all the gateway knows, and counts the answer. */
import type { GatewayEffects } from '../effects.ts';
import type { Approved, Intent } from '../order/intent.ts';
import { isWithinPeriod } from '../session/period.ts';
import { deskOf, type GatewayState } from '../state.ts';
import { checkRisk } from './check.ts';
import type { RiskView } from './control.ts';
import { addOrder, forgetOrders } from './recent-orders.ts';

/** Undefined where it is refused; the effects then say why. */
export function judge(
  state: GatewayState,
  intent: Intent,
  effects: GatewayEffects,
): Approved<Intent> | undefined {
  const { counts, recentOrders, riskLimits } = state;
  effects.probe.begin();
  forgetOrders(recentOrders, state.nowNs);
  const answer = checkRisk(intent, viewOf(state, intent), riskLimits);
  effects.probe.end('risk');
  if (!('rule' in answer)) {
    addOrder(recentOrders, state.nowNs);
    return answer;
  }
  const { rule, seen, allowed } = answer;
  counts.refused[rule] = (counts.refused[rule] ?? 0) + 1;
  const { strategy, instrument } = intent;
  effects.refusals.push({ strategy, instrument, rule, seen, allowed });
  return undefined;
}

/** The state's own view, brought up to now. */
function viewOf(state: GatewayState, intent: Intent): RiskView {
  const { riskView: view, recentOrders } = state;
  const { holding, account } = deskOf(state, intent);
  view.nowNs = state.nowNs;
  view.isKilled = state.isKilled;
  view.isOutsideHours = !isWithinPeriod(state.venues[intent.venue]!.session, state.nowNs);
  view.positionLots = holding.positionLots;
  view.recentOrders = recentOrders.count;
  view.profit = account.profit;
  view.dayStart = account.dayStart;
  view.peak = account.peak;
  view.incrementNanos = holding.incrementNanos;
  return view;
}
