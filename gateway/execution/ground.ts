/** What an order's intent rests on; of a child of a parent, only within that parent. */
import { invariant } from '#engine';
import type { Desk } from '../order/desk.ts';
import type { Target } from '../order/target.ts';
import type { Signal } from '../signal.ts';
import type { GatewayState } from '../state.ts';
import { touchAt } from './market.ts';
import { workOf } from './plan-desk.ts';
import { requireWithinParent } from './within-parent.ts';

/**
 * The desk's wish. Where the strategy has an execution policy, every addition of risk comes by: it
 * is held against its parent, starts the hold-off anew, and rests on the latest quote of its venue;
 * its forecast is as old as it was when the signal came, for a schedule outlives forecasts.
 */
export function groundFor(state: GatewayState, desk: Desk, target: Target): Signal {
  const work = workOf(state, desk);
  if (work === undefined) return desk.signal!;
  const { signal, parent } = work;
  invariant(signal !== undefined && parent !== undefined, 'a target has a parent and its signal');
  const child = desk.orders.find(({ key }) => key === target.key);
  const lots = target.lots + (child?.filledLots ?? 0);
  requireWithinParent(parent, desk.orders, { child, lots });
  work.changedNs.set(target.venue, state.nowNs);
  const { hasFeed } = state.venues[target.venue]!.terms;
  const market = state.execution.markets[desk.instrument]!;
  const { bidIncrements, askIncrements, tickTimeNs } =
    touchAt(market, target.venue, hasFeed) ?? signal;
  const forecastTimeNs = state.nowNs - parent.forecastAgeNs;
  return { ...signal, bidIncrements, askIncrements, tickTimeNs, forecastTimeNs };
}
