/** Brings the flat memory of risk up to date with what the gateway learnt from its venues. */
import type { GatewayEffects } from '../effects.ts';
import type { Desk } from '../order/desk.ts';
import type { OrderRequest } from '../order/request.ts';
import type { WorkingOrder } from '../order/working-order.ts';
import type { GatewayState } from '../state.ts';
import { ANSWER, CALL, EVENT, PART } from './layout.ts';
import { EVENTS, LINE } from './line-layout.ts';
import { tellAlerts } from './missing-rate.ts';
import { lineAt, writePlace } from './risk.ts';

/** Lots and best prices of what a desk has at work; written over by the next desk. */
const open = { buyLots: 0, sellLots: 0, highestBuy: 0, lowestSell: 0 };

/** What the desk holds and has open counts in every scope from now on. */
export function syncDesk(state: GatewayState, desk: Desk, effects: GatewayEffects): void {
  const { memory } = state.risk;
  measure(desk);
  const line = lineAt(memory, desk);
  const isSame =
    memory[line + LINE.positionLots] === desk.holding.positionLots &&
    memory[line + LINE.openBuyLots] === open.buyLots &&
    memory[line + LINE.openSellLots] === open.sellLots &&
    memory[line + LINE.highestBuy] === open.highestBuy &&
    memory[line + LINE.lowestSell] === open.lowestSell;
  if (isSame) return;
  const at = PART.event;
  memory[at + EVENT.positionLots] = desk.holding.positionLots;
  memory[at + EVENT.openBuyLots] = open.buyLots;
  memory[at + EVENT.openSellLots] = open.sellLots;
  memory[at + EVENT.highestBuy] = open.highestBuy;
  memory[at + EVENT.lowestSell] = open.lowestSell;
  memory[at + EVENT.venue] = 0;
  writePlace(memory, at, desk);
  callRisk(state, CALL.sync, effects);
}

function measure({ orders }: Desk): void {
  open.buyLots = 0;
  open.sellLots = 0;
  open.highestBuy = 0;
  open.lowestSell = 0;
  for (let at = 0; at < orders.length; at++) {
    const order = orders[at]!;
    const lots = lotsAtWork(order);
    if (lots === 0) continue;
    const price = priceAtWork(order);
    if (order.side > 0) {
      open.highestBuy = open.buyLots === 0 ? price : Math.max(open.highestBuy, price);
      open.buyLots += lots;
    } else {
      open.lowestSell = open.sellLots === 0 ? price : Math.min(open.lowestSell, price);
      open.sellLots += lots;
    }
  }
}

/** With a replace under way the venue may have either: the larger counts. */
export function lotsAtWork({ lots, filledLots, pending }: WorkingOrder): number {
  const most = pending?.kind === 'replace' ? Math.max(lots, pending.lots) : lots;
  return Math.max(0, most - filledLots);
}

function priceAtWork({ side, limitIncrements, pending }: WorkingOrder): number {
  if (pending?.kind !== 'replace') return limitIncrements;
  const other = pending.limitIncrements;
  return side > 0 ? Math.max(limitIncrements, other) : Math.min(limitIncrements, other);
}

type Happened = Pick<OrderRequest, 'strategy' | 'instrument' | 'venue' | 'side'>;

/** It has left whatever its budget says. */
export function countCancel(state: GatewayState, of: Happened, effects: GatewayEffects): void {
  state.risk.memory[PART.event + EVENT.kind] = EVENTS.cancel;
  count(state, of, effects);
}

export function countFill(state: GatewayState, of: Happened, effects: GatewayEffects): void {
  state.risk.memory[PART.event + EVENT.kind] = EVENTS.fill;
  count(state, of, effects);
}

function count(state: GatewayState, of: Happened, effects: GatewayEffects): void {
  const { memory } = state.risk;
  memory[PART.event + EVENT.side] = of.side;
  memory[PART.event + EVENT.venue] = of.venue;
  writePlace(memory, PART.event, of);
  callRisk(state, CALL.count, effects);
}

/** A call with the event that stands there; what it says goes to the effects. */
export function callRisk(state: GatewayState, what: number, effects: GatewayEffects): number {
  const { memory, kernel } = state.risk;
  memory[PART.event + EVENT.nowNs] = state.nowNs;
  const answer = kernel.call(what);
  if (memory[PART.answer + ANSWER.alerts] !== 0) tellAlerts(state, effects);
  return answer;
}
