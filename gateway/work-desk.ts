/** Works a desk: what its orders lack of its plan is judged, made a request, and sent. */
import type { GatewayEffects } from './effects.ts';
import { groundFor } from './execution/ground.ts';
import { noteSent } from './execution/note-order.ts';
import { planExecution, workOf } from './execution/plan-desk.ts';
import { dropWish } from './execution/work.ts';
import { cancelsAtClose, isClosedFor } from './market-close.ts';
import { CHILDREN_MAX, type Desk, needsReconcile } from './order/desk.ts';
import { setIntent } from './order/intent.ts';
import { cancelOrder, openOrder, replaceOrder } from './order/make-request.ts';
import { planDesk } from './order/plan.ts';
import { differenceOf, hasOrder, targetOf } from './order/reconcile.ts';
import type { OrderRequest } from './order/request.ts';
import type { Target } from './order/target.ts';
import type { WorkingOrder } from './order/working-order.ts';
import { nextOrderId } from './order-ids.ts';
import { metDesk } from './risk/alerts.ts';
import { judge } from './risk/judge.ts';
import { STATE } from './risk/scope-layout.ts';
import { deskState, venueState } from './risk/states.ts';
import { countCancel } from './risk/sync.ts';
import { sendEncoded } from './session/outbound.ts';
import { isWithinPeriod } from './session/period.ts';
import { advanceTo } from './session/state.ts';
import { deskOf, type GatewayState, strategyAt } from './state.ts';
import { takesOrders } from './venue-state.ts';
import { notTaken } from './venue-terms.ts';

/** At most one request an order: what the wish lacks, or the cancel of what must not work. */
export function workDesk(state: GatewayState, desk: Desk, effects: GatewayEffects): void {
  const work = workOf(state, desk);
  const isHalted = deskState(state.risk, desk) === STATE.halted;
  const isOver = state.isStopping || (isHalted && desk.orders.length > 0);
  if (isOver && work !== undefined) dropWish(work);
  if (work !== undefined) planExecution(state, { desk, work }, effects);
  if (isOver) {
    cancelAll(state, desk, effects);
    return;
  }
  cancelForbidden(state, desk, effects);
  if (work === undefined && !planDesk(desk)) return;
  changeOrders(state, desk, effects);
  // While halted, the risk check refuses what the desk would open, and counts it.
  openOrders(state, desk, effects);
  if (isHalted && work !== undefined) dropWish(work);
}

function cancelAll(state: GatewayState, desk: Desk, effects: GatewayEffects): void {
  const { orders } = desk;
  for (let at = 0; at < orders.length; at++) {
    const order = orders[at]!;
    if (order.pending === undefined) cancel(state, { desk, order }, effects);
  }
}

/** Of one that has no answer to come; where its venue is away it is cancelled once it is back. */
export function cancel(
  state: GatewayState,
  { desk, order }: { desk: Desk; order: WorkingOrder },
  effects: GatewayEffects,
): void {
  if (!state.venues[order.venue]!.isLoggedOn) return;
  const request = nextRequest(state, effects);
  cancelOrder(desk, order, request);
  send(state, request, effects);
}

/** What a halted venue, a reducing scope or a closed market leaves no right to rest. */
function cancelForbidden(state: GatewayState, desk: Desk, effects: GatewayEffects): void {
  const { orders } = desk;
  for (let at = 0; at < orders.length; at++) {
    const order = orders[at]!;
    if (order.pending !== undefined || mayRest(state, desk, order)) continue;
    cancel(state, { desk, order }, effects);
  }
}

/** Not in a closed market nor at a halted venue; in a reducing scope only to shrink a position. */
function mayRest(state: GatewayState, desk: Desk, order: WorkingOrder): boolean {
  const { risk } = state;
  if (cancelsAtClose(state, desk) && isClosedFor(state, order.venue, desk.instrument)) return false;
  const venue = venueState(risk, order.venue);
  const strictest = Math.max(venue, deskState(risk, desk));
  if (strictest === STATE.active) return true;
  return venue !== STATE.halted && order.side * desk.holding.positionLots < 0;
}

/** Loops count: an iterator would be garbage on the way of an order. */
function changeOrders(state: GatewayState, desk: Desk, effects: GatewayEffects): void {
  const { orders, intent } = desk;
  for (let at = 0; at < orders.length; at++) {
    const order = orders[at]!;
    const target = targetOf(desk, order);
    const difference = differenceOf(order, target);
    if (difference === 'nothing' || !state.venues[order.venue]!.isLoggedOn) continue;
    if (difference === 'cancel' || target === undefined) {
      // As in `cancel`, whose record of both would be garbage.
      const request = nextRequest(state, effects);
      cancelOrder(desk, order, request);
      send(state, request, effects);
      continue;
    }
    if (!takesOrders(state.venues[order.venue]!)) continue;
    setIntent(intent, groundFor(state, desk, target), target);
    intent.replaced = order;
    if (isInDoubt(state, desk, effects)) continue;
    const approved = judge(state, intent, effects);
    if (approved === undefined) {
      giveWay(state, desk, effects);
      continue;
    }
    const request = nextRequest(state, effects);
    replaceOrder(order, approved, request);
    send(state, request, effects);
  }
}

function openOrders(state: GatewayState, desk: Desk, effects: GatewayEffects): void {
  const { targets, intent } = desk;
  for (let at = 0; at < desk.targetCount; at++) {
    const target = targets[at]!;
    if (hasOrder(desk, target) || desk.orders.length === CHILDREN_MAX) continue;
    const venue = state.venues[target.venue]!;
    if (notTaken(venue.terms, target) !== undefined) {
      refuseTerms(state, { desk, target }, effects);
      continue;
    }
    // Outside its hours no session takes a wish up later: the risk check refuses and counts it.
    if (!takesOrders(venue) && isWithinPeriod(venue.session, state.nowNs)) continue;
    setIntent(intent, groundFor(state, desk, target), target);
    intent.replaced = undefined;
    if (isInDoubt(state, desk, effects)) continue;
    const approved = judge(state, intent, effects);
    if (approved === undefined) giveWay(state, desk, effects);
    if (approved === undefined || !takesOrders(venue)) continue;
    const request = nextRequest(state, effects);
    openOrder(desk, approved, request);
    noteSent(state, desk, target);
    send(state, request, effects);
  }
}

/** No venue is asked for what its desk file says it does not take. */
function refuseTerms(
  { venues, counts }: GatewayState,
  { desk, target }: { desk: Desk; target: Target },
  { refusals, problems }: GatewayEffects,
): void {
  const { strategy, instrument } = desk;
  const { terms } = venues[target.venue]!;
  counts.refused.permission = (counts.refused.permission ?? 0) + 1;
  const scope = `venue:${terms.name}`;
  refusals.push({ strategy, instrument, rule: 'permission', scope, seen: 1, allowed: 0 });
  problems.push(`${terms.name} takes no ${notTaken(terms, target)}: see its line in the desk file`);
}

/** Where the position may not be what the venue has, the desk's intent must not make it larger. */
function isInDoubt(state: GatewayState, desk: Desk, effects: GatewayEffects): boolean {
  if (!needsReconcile(desk)) return false;
  const { strategy, instrument, holding, intent } = desk;
  const { positionLots } = holding;
  if (Math.abs(positionLots + intent.side * intent.lots) <= Math.abs(positionLots)) return false;
  const { refused } = state.counts;
  refused.reconciliation = (refused.reconciliation ?? 0) + 1;
  const scope = `strategy:${strategyAt(state, strategy).name}`;
  effects.refusals.push({
    strategy,
    instrument,
    rule: 'reconciliation',
    scope,
    seen: 1,
    allowed: 0,
  });
  return true;
}

/** Where self-trade prevention says so, what is met goes, and the desk asks again then. */
function giveWay(state: GatewayState, desk: Desk, effects: GatewayEffects): void {
  const { risk } = state;
  const met = metDesk(risk);
  if (met === undefined) return;
  const other = deskOf(state, met);
  for (const order of other.orders) {
    const isMet = order.side !== desk.intent.side && order.pending === undefined;
    if (isMet) cancel(state, { desk: other, order }, effects);
  }
  const at = state.desks.indexOf(desk);
  if (!risk.waiting.includes(at)) risk.waiting.push(at);
}

/** After an answer to another desk: those that wait for its orders to go look again. */
export function workWaiting(state: GatewayState, answered: Desk, effects: GatewayEffects): void {
  const { risk, desks } = state;
  if (risk.waiting.length === 0) return;
  for (const at of risk.waiting.splice(0)) {
    if (desks[at]!.instrument === answered.instrument) workDesk(state, desks[at]!, effects);
    else risk.waiting.push(at);
  }
}

/** A rule halted a scope, or lets it only shrink: what rests there without right is cancelled. */
export function workTripped(state: GatewayState, effects: GatewayEffects): void {
  if (!state.risk.hasTripped) return;
  state.risk.hasTripped = false;
  for (const desk of state.desks) workDesk(state, desk, effects);
}

/** A request with the next ClOrdID. */
function nextRequest(state: GatewayState, effects: GatewayEffects): OrderRequest {
  const request = effects.requests.take();
  nextOrderId(state, request.clientOrderId);
  return request;
}

function send(state: GatewayState, request: OrderRequest, effects: GatewayEffects): void {
  const { session } = state.venues[request.venue]!;
  effects.probe.begin();
  advanceTo(session, state.nowNs);
  const bytes = state.wires[request.venue]!.encode(request, session);
  if (request.kind === 'new') state.counts.sent++;
  if (request.kind === 'cancel') countCancel(state, request, effects);
  if (sendEncoded(session, bytes)) effects.outbound.add(bytes, request.venue);
  effects.probe.end('encode');
}
