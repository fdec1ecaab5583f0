/** The paper venue's desk: FIX requests to a market's calls, its events to reports. */
import type { Instrument } from '#market';
import type { ApplicationMessage } from '../fix/message.ts';
import type { NewOrderSingle } from '../fix/new-order-single.ts';
import type { OrderCancelReplaceRequest } from '../fix/order-cancel-replace-request.ts';
import type { OrderCancelRequest } from '../fix/order-cancel-request.ts';
import { ExecType } from '../fix/order-status.ts';
import type { OrderStatusRequest } from '../fix/order-status-request.ts';
import { wireUnits } from '../order/quantity.ts';
import type { VenueEvent, VenueMarket } from './market.ts';
import { massCancel, massStatus } from './mass-requests.ts';
import { countOrders, type OrderCounts } from './order-counts.ts';
import { isImmediate, isReached, placeOrder, placeReached, sideOf } from './place-order.ts';
import { type PlainRequest, placePlain, replyPlain } from './plain-orders.ts';
import { recallOrders } from './recall-orders.ts';
import { reportEvents } from './report-events.ts';
import { answerCall, overfill, type VenueCall } from './telephone.ts';
import { isDone, listOrder } from './venue-orders.ts';
import {
  cancelReject,
  executionReport,
  nothingReport,
  refusedReport,
  type VenueState,
} from './venue-reports.ts';

export type Venue = {
  /** Takes a request and returns the reports it causes, in order. */
  onMessage(message: ApplicationMessage, transactTime: string): ApplicationMessage[];
  counts(): OrderCounts;
  /** Whether an order of that name may come in, or its refusal says why not. */
  isNew(clOrdId: string): boolean;
  /** Takes a plain order, and returns the reports that it could not reply with. */
  onPlain(request: PlainRequest, transactTime: () => string): ApplicationMessage[];
  /** Reports on what the market did by itself. */
  onEvents(events: readonly VenueEvent[], transactTime: string): ApplicationMessage[];
  /** Does what its desk is asked to; throws `bad-usage` where that cannot be. */
  onCall(call: VenueCall, transactTime: string): ApplicationMessage[];
  /** Brings the orders that are open back to a market that is new; called once, before the rest. */
  resume(transactTime: string): ApplicationMessage[];
};

const NONE: ApplicationMessage[] = [];

/** With the orders that an earlier venue left, as `said` by its messages, the oldest first. */
export function createVenue(
  market: VenueMarket,
  instruments: readonly Instrument[],
  said: Iterable<ApplicationMessage> = [],
): Venue {
  const listed = instruments.map(row => ({ ...row, units: wireUnits(row) }));
  const bySymbol = new Map(listed.map((row, at) => [row.venueSymbol, at] as const).reverse());
  const orders = recallOrders(listed, said);
  const asked = { refusesCancels: false, overfillsNext: false };
  const state: VenueState = { market, listed, bySymbol, orders, ...asked };
  return {
    onMessage(message, transactTime) {
      switch (message.msgType) {
        case 'D':
          return withReached(state, submit(state, message, transactTime), transactTime);
        case 'G':
        case 'F':
          return withReached(state, change(state, message, transactTime), transactTime);
        case 'H':
          return [statusReport(state, message, transactTime)];
        case 'AF':
          return massStatus(state, message, transactTime);
        case 'q':
          return withReached(state, massCancel(state, message, transactTime), transactTime);
        case 'j':
        case '8':
        case '9':
        case 'r':
          return [];
        case 'Q':
          state.orders.disputed++;
          return [];
      }
    },
    isNew: clOrdId => !state.overfillsNext && !state.orders.byClOrdId.has(clOrdId),
    onPlain: (request, transactTime) => onPlain(state, request, transactTime),
    onEvents: (events, transactTime) =>
      withReached(state, reportEvents(state, events, transactTime), transactTime),
    onCall: (call, transactTime) => answerCall(state, call, transactTime),
    resume: transactTime => resume(state, transactTime),
    counts: () => countOrders(state.orders),
  };
}

function resume(state: VenueState, transactTime: string): ApplicationMessage[] {
  const events: VenueEvent[] = [];
  for (const record of state.orders.byOrderId.values()) {
    if (isDone(record) || record.isWaiting) continue;
    const { orderId, instrument, postOnly, limitIncrements, orderLots, filledLots } = record;
    if (isImmediate(record)) {
      events.push({ kind: 'cancelled', orderId });
      continue;
    }
    const terms = { orderId, instrument, side: sideOf(record), postOnly, limitIncrements };
    state.market.restore({ ...terms, quantityLots: orderLots }, filledLots, events);
  }
  return reportEvents(state, events, transactTime);
}

function onPlain(
  state: VenueState,
  request: PlainRequest,
  transactTime: () => string,
): ApplicationMessage[] {
  const { orders } = state;
  const events: VenueEvent[] = [];
  const taken = { orders, record: placePlain(state, request, events) };
  let replied = 0;
  while (replied < events.length && replyPlain(taken, events[replied]!, request)) replied++;
  if (replied === events.length && orders.waiting.size === 0) return NONE;
  const time = transactTime();
  return withReached(state, reportEvents(state, events.slice(replied), time), time);
}

/** What the market reached of the stop orders that wait, after all else that it did. */
function withReached(
  state: VenueState,
  said: ApplicationMessage[],
  transactTime: string,
): ApplicationMessage[] {
  for (const record of state.orders.waiting) {
    if (!isReached(state.market, record)) continue;
    state.orders.waiting.delete(record);
    const events: VenueEvent[] = [];
    placeReached(state.market, record, events);
    said.push(...reportEvents(state, events, transactTime));
  }
  return said;
}

function submit(
  state: VenueState,
  order: NewOrderSingle,
  transactTime: string,
): ApplicationMessage[] {
  const instrument = state.bySymbol.get(order.symbol) ?? -1;
  const units = state.listed[instrument]?.units;
  const lots = units?.lots(order.orderQty);
  const price = order.price ?? order.stopPx;
  const increments = price === undefined ? 0 : units?.increments(price);
  const refusal =
    units === undefined
      ? `unknown symbol ${order.symbol}`
      : lots === undefined || lots <= 0
        ? `quantity ${order.orderQty} is no whole number of lots`
        : increments === undefined
          ? `price ${price} is between two increments`
          : state.orders.byClOrdId.has(order.clOrdId)
            ? `duplicate ClOrdID ${order.clOrdId}`
            : undefined;
  const orderId = ++state.orders.orders;
  if (refusal !== undefined) return [refusedReport(state, order, orderId, refusal, transactTime)];
  const { clOrdId, side, postOnly, ordType, timeInForce, stopPx } = order;
  const record = listOrder(state.orders, {
    orderId,
    clOrdId,
    instrument,
    side,
    postOnly,
    ordType,
    timeInForce,
    orderLots: lots ?? 0,
    limitIncrements: order.price === undefined ? 0 : (increments ?? 0),
    stopIncrements: stopPx === undefined ? 0 : (increments ?? 0),
  });
  const events: VenueEvent[] = [];
  if (state.overfillsNext) {
    state.overfillsNext = false;
    state.orders.waiting.delete(record);
    const accepted = reportEvents(state, [{ kind: 'accepted', orderId }], transactTime);
    return [...accepted, overfill(state, record, transactTime)];
  }
  if (record.isWaiting) events.push({ kind: 'accepted', orderId });
  else placeOrder(state.market, record, events);
  return reportEvents(state, events, transactTime);
}

function change(
  state: VenueState,
  request: OrderCancelRequest | OrderCancelReplaceRequest,
  transactTime: string,
): ApplicationMessage[] {
  const kind = request.msgType === 'G' ? 'replace' : 'cancel';
  const record = state.orders.byClOrdId.get(request.origClOrdId);
  const { clOrdId, origClOrdId } = request;
  if (record === undefined || record.clOrdId !== origClOrdId || isDone(record)) {
    const reason = record === undefined ? 'unknown-order' : 'too-late';
    return [cancelReject({ clOrdId, origClOrdId, kind, record, reason })];
  }
  if (state.orders.byClOrdId.has(clOrdId)) {
    return [cancelReject({ clOrdId, origClOrdId, kind, record, reason: 'duplicate-id' })];
  }
  if (kind === 'cancel' && state.refusesCancels) {
    return [cancelReject({ clOrdId, origClOrdId, kind, record, reason: 'too-late' })];
  }
  record.request = { clOrdId, kind };
  const events: VenueEvent[] = [];
  const { orderId } = record;
  if (request.msgType === 'F') {
    if (record.isWaiting) events.push({ kind: 'cancelled', orderId });
    else state.market.cancel(orderId, events);
    return reportEvents(state, events, transactTime);
  }
  const { units } = state.listed[record.instrument]!;
  const quantityLots = units.lots(request.orderQty);
  const limitIncrements = units.increments(request.price ?? request.stopPx ?? '');
  if (quantityLots === undefined || limitIncrements === undefined) {
    record.request = undefined;
    return [cancelReject({ clOrdId, origClOrdId, kind, record, reason: 'price-out-of-band' })];
  }
  if (record.isWaiting) {
    const terms = { quantityLots, limitIncrements, leavesLots: quantityLots };
    events.push({ kind: 'replaced', orderId, ...terms });
  } else state.market.replace({ orderId, quantityLots, limitIncrements }, events);
  return reportEvents(state, events, transactTime);
}

function statusReport(
  state: VenueState,
  request: OrderStatusRequest,
  transactTime: string,
): ApplicationMessage {
  const record = state.orders.byClOrdId.get(request.clOrdId);
  if (record !== undefined) {
    return executionReport(state, record, { execType: ExecType.orderStatus, transactTime });
  }
  const { clOrdId, side, symbol } = request;
  return nothingReport(state, { clOrdId, side, symbol, text: 'unknown order', transactTime });
}
