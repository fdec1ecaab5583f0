/** Plans a desk whose strategy has an execution policy: its parent's children are its targets. */
import { invariant } from '#engine';
import type { GatewayEffects } from '../effects.ts';
import type { Desk } from '../order/desk.ts';
import type { Target } from '../order/target.ts';
import { STATE } from '../risk/scope-layout.ts';
import { venueState } from '../risk/states.ts';
import { isWithinPeriod } from '../session/period.ts';
import type { GatewayState } from '../state.ts';
import { takesOrders } from '../venue-state.ts';
import { touchAt } from './market.ts';
import type { ChildTarget } from './plan-children.ts';
import { planWork } from './plan-work.ts';
import type { ExecutionPolicy } from './policy.ts';
import type { RouterVenue } from './route.ts';
import type { ExecutionWork } from './work.ts';

/** The work of a desk whose strategy has an execution policy. */
export function workOf(
  { execution, config }: GatewayState,
  { strategy, instrument }: { readonly strategy: number; readonly instrument: number },
): ExecutionWork | undefined {
  return execution.works[strategy * config.instruments.length + instrument];
}

export function policyOf({ config }: GatewayState, strategy: number): ExecutionPolicy {
  const policy = config.strategies?.[strategy]?.execution;
  invariant(policy !== undefined, 'a desk with work has a policy');
  return policy;
}

/** Writes the desk's targets, and asks for a timer where time alone will change them. */
export function planExecution(
  state: GatewayState,
  { desk, work }: { desk: Desk; work: ExecutionWork },
  effects: GatewayEffects,
): void {
  const { execution, nowNs } = state;
  const { strategy, instrument, orders: children } = desk;
  const view = {
    ...{ strategy, instrument, nowNs, children, policy: policyOf(state, strategy) },
    positionLots: desk.holding.positionLots,
    venues: state.venues.map((_, venue) => routerVenue(state, instrument, venue)),
    volume: execution.markets[instrument]!.volume,
    nextParentId: execution.parents + 1,
  };
  const { targets, dueNs } = planWork(work, view, effects.parents);
  execution.parents = Math.max(execution.parents, work.parent?.id ?? 0);
  if (work.parent !== undefined) effects.dueNs = Math.min(effects.dueNs, dueNs);
  desk.targetCount = targets.length;
  for (const [at, target] of targets.entries()) writeTarget(desk.targets[at]!, target);
}

function writeTarget(target: Target, child: ChildTarget): void {
  target.key = child.key;
  target.venue = child.venue;
  target.side = child.side;
  target.lots = child.lots;
  target.type = 'limit';
  target.timeInForce = child.timeInForce;
  target.postOnly = child.postOnly;
  target.limitIncrements = child.limitIncrements;
  target.stopIncrements = 0;
}

function routerVenue(state: GatewayState, instrument: number, index: number): RouterVenue {
  const venue = state.venues[index]!;
  const { terms, session } = venue;
  const { orderTypes, timesInForce, hasPostOnly, hasFeed, feePerMillion } = terms;
  const fee = state.config.instruments[instrument]!.feePerMillion;
  const { maker, taker } = feePerMillion ?? { maker: fee, taker: fee };
  const isHalted = venueState(state.risk, index) === STATE.halted;
  const hasLimit = orderTypes.includes('limit');
  return {
    touch: touchAt(state.execution.markets[instrument]!, index, hasFeed),
    isOpen: takesOrders(venue) && !isHalted && isWithinPeriod(session, state.nowNs),
    hasDay: hasLimit && timesInForce.includes('day'),
    hasIoc: hasLimit && timesInForce.includes('ioc'),
    hasPostOnly,
    makerPerMillion: maker,
    takerPerMillion: taker,
    history: state.execution.histories[index]!,
  };
}
