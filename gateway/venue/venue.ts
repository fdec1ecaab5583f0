/** The paper venue's desk: FIX requests to a market's calls, its events to reports. */
import { OutriderError } from '#engine';
import type { Instrument } from '#market';
import { formatDecimal } from '../fix/decimal.ts';
import type { ApplicationMessage } from '../fix/message.ts';
import type { NewOrderSingle } from '../fix/new-order-single.ts';
import { CxlRejResponseTo } from '../fix/order-cancel-reject.ts';
import type { OrderCancelReplaceRequest } from '../fix/order-cancel-replace-request.ts';
import type { OrderCancelRequest } from '../fix/order-cancel-request.ts';
import type { OrderMassStatusRequest } from '../fix/order-mass-status-request.ts';
import { ExecType, OrdStatus } from '../fix/order-status.ts';
import type { OrderStatusRequest } from '../fix/order-status-request.ts';
import { type WireUnits, wireUnits } from '../order/quantity.ts';
import type { Listed } from './listed.ts';
import type { RejectReason, VenueEvent, VenueMarket } from './market.ts';
import { isImmediate, isReached, isStop, placeOrder, placeReached, sideOf } from './place-order.ts';
import { recallOrders } from './recall-orders.ts';
import {
  bookFill,
  finishOrder,
  isDone,
  listOrder,
  renameOrder,
  type VenueOrderRecord,
  type VenueOrders,
} from './venue-orders.ts';

export type Venue = {
  /** Takes a request and returns the reports it causes, in order. */
  onMessage(message: ApplicationMessage, transactTime: string): ApplicationMessage[];
  /** Reports on what the market did by itself. */
  onEvents(events: readonly VenueEvent[], transactTime: string): ApplicationMessage[];
  /** Brings the orders that are open back to a market that is new; called once, before the rest. */
  resume(transactTime: string): ApplicationMessage[];
};

type State = {
  market: VenueMarket;
  listed: Listed[];
  /** Index into `listed` by symbol. */
  bySymbol: Map<string, number>;
  orders: VenueOrders;
};

/** With the orders that an earlier venue left, as `said` by its messages, the oldest first. */
export function createVenue(
  market: VenueMarket,
  instruments: readonly Instrument[],
  said: Iterable<ApplicationMessage> = [],
): Venue {
  const listed = instruments.map(row => ({ ...row, units: wireUnits(row) }));
  const bySymbol = new Map(listed.map((row, at) => [row.venueSymbol, at] as const).reverse());
  const state: State = { market, listed, bySymbol, orders: recallOrders(listed, said) };
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
        case 'j':
        case '8':
        case '9':
          return [];
      }
    },
    onEvents: (events, transactTime) =>
      withReached(state, report(state, events, transactTime), transactTime),
    resume: transactTime => resume(state, transactTime),
  };
}

function resume(state: State, transactTime: string): ApplicationMessage[] {
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
  return report(state, events, transactTime);
}

/** What the market reached of the stop orders that wait, after all else that it did. */
function withReached(
  state: State,
  said: ApplicationMessage[],
  transactTime: string,
): ApplicationMessage[] {
  for (const record of state.orders.waiting) {
    if (!isReached(state.market, record)) continue;
    state.orders.waiting.delete(record);
    const events: VenueEvent[] = [];
    placeReached(state.market, record, events);
    said.push(...report(state, events, transactTime));
  }
  return said;
}

function submit(state: State, order: NewOrderSingle, transactTime: string): ApplicationMessage[] {
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
  if (record.isWaiting) events.push({ kind: 'accepted', orderId });
  else placeOrder(state.market, record, events);
  return report(state, events, transactTime);
}

function change(
  state: State,
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
  record.request = { clOrdId, kind };
  const events: VenueEvent[] = [];
  const { orderId } = record;
  if (request.msgType === 'F') {
    if (record.isWaiting) events.push({ kind: 'cancelled', orderId });
    else state.market.cancel(orderId, events);
    return report(state, events, transactTime);
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
  return report(state, events, transactTime);
}

function report(
  state: State,
  events: readonly VenueEvent[],
  transactTime: string,
): ApplicationMessage[] {
  return events.map(event => {
    const record = state.orders.byOrderId.get(event.orderId);
    if (record === undefined) {
      throw new OutriderError(
        'bad-data',
        `the market speaks of order ${event.orderId}, unknown here`,
      );
    }
    return reportOn(state, record, event, transactTime);
  });
}

function reportOn(
  state: State,
  record: VenueOrderRecord,
  ...[event, transactTime]: [VenueEvent, string]
): ApplicationMessage {
  switch (event.kind) {
    case 'accepted':
      return executionReport(state, record, { execType: ExecType.new, transactTime });
    case 'rejected': {
      finishOrder(state.orders, record, OrdStatus.rejected);
      const text = event.reason;
      return executionReport(state, record, { execType: ExecType.rejected, transactTime, text });
    }
    case 'filled': {
      const fill = { lots: event.quantityLots, priceIncrements: event.priceIncrements };
      bookFill(state.orders, record, fill);
      return executionReport(state, record, { execType: ExecType.trade, transactTime, fill });
    }
    case 'replaced': {
      const origClOrdId = record.clOrdId;
      const { clOrdId } = record.request!;
      record.request = undefined;
      const { quantityLots: orderLots, limitIncrements } = event;
      const price = isStop(record) ? { stopIncrements: limitIncrements } : {};
      renameOrder(state.orders, record, { clOrdId, orderLots, limitIncrements, ...price });
      return executionReport(state, record, {
        execType: ExecType.replaced,
        transactTime,
        origClOrdId,
      });
    }
    case 'cancelled': {
      const origClOrdId = record.clOrdId;
      const clOrdId = record.request?.clOrdId;
      const isExpiry = record.request === undefined && isImmediate(record);
      finishOrder(state.orders, record, isExpiry ? OrdStatus.expired : OrdStatus.canceled);
      const execType = isExpiry ? ExecType.expired : ExecType.canceled;
      const cause = { execType, transactTime, origClOrdId, clOrdId };
      return executionReport(state, record, cause);
    }
    case 'cancel-rejected': {
      const { clOrdId, kind } = record.request!;
      record.request = undefined;
      const origClOrdId = record.clOrdId;
      return cancelReject({ clOrdId, origClOrdId, kind, record, reason: event.reason });
    }
  }
}

type ReportCause = {
  execType: ExecType;
  transactTime: string;
  fill?: { lots: number; priceIncrements: number };
  origClOrdId?: string;
  clOrdId?: string | undefined;
  text?: string;
};

function executionReport(
  state: State,
  record: VenueOrderRecord,
  cause: ReportCause,
): ApplicationMessage {
  const { units, venueSymbol: symbol, priceDecimals } = state.listed[record.instrument]!;
  const { fill, execType, transactTime, origClOrdId, text } = cause;
  const leaves = isDone(record) ? 0 : record.orderLots - record.filledLots;
  const rejected = execType === ExecType.rejected;
  return {
    msgType: '8',
    avgPx: averagePrice(record, priceDecimals, units),
    clOrdId: cause.clOrdId ?? record.clOrdId,
    cumQty: units.quantity(record.filledLots),
    execId: String(++state.orders.executions),
    execInst: record.postOnly ? '6' : undefined,
    lastPx: fill === undefined ? undefined : units.price(fill.priceIncrements),
    lastQty: fill === undefined ? undefined : units.quantity(fill.lots),
    orderId: String(record.orderId),
    orderQty: units.quantity(record.orderLots),
    ordStatus: record.status,
    origClOrdId,
    ordType: record.ordType,
    timeInForce: record.timeInForce,
    price: record.ordType === undefined ? units.price(record.limitIncrements) : undefined,
    stopPx: isStop(record) ? units.price(record.stopIncrements) : undefined,
    side: record.side,
    symbol,
    text,
    transactTime,
    ordRejReason: rejected ? 99 : undefined,
    execType,
    leavesQty: units.quantity(leaves),
  };
}

/** Rounded to the nearest increment: an average need not be one. */
function averagePrice(
  { filledLots, filledValue }: VenueOrderRecord,
  decimals: number,
  units: WireUnits,
): string {
  if (filledLots === 0) return formatDecimal(0, decimals);
  return units.price(Math.round(filledValue / filledLots));
}

/** An order the venue cannot even read: reported in the words of the request. */
function refusedReport(
  state: State,
  order: NewOrderSingle,
  ...[orderId, text, transactTime]: [number, string, string]
): ApplicationMessage {
  return {
    msgType: '8',
    avgPx: '0',
    clOrdId: order.clOrdId,
    cumQty: '0',
    execId: String(++state.orders.executions),
    orderId: String(orderId),
    orderQty: order.orderQty,
    ordStatus: OrdStatus.rejected,
    price: order.price,
    side: order.side,
    symbol: order.symbol,
    text,
    transactTime,
    ordRejReason: 99,
    execType: ExecType.rejected,
    leavesQty: '0',
  };
}

/** Every open order, the last one marked as such; nothing where none is open. */
function massStatus(
  state: State,
  { massStatusReqId }: OrderMassStatusRequest,
  transactTime: string,
): ApplicationMessage[] {
  const open = [...state.orders.byOrderId.values()].filter(record => !isDone(record));
  return open.map((record, at) => ({
    ...executionReport(state, record, { execType: ExecType.orderStatus, transactTime }),
    ...{ massStatusReqId, totNumReports: open.length, lastRptRequested: at === open.length - 1 },
  }));
}

function statusReport(
  state: State,
  request: OrderStatusRequest,
  transactTime: string,
): ApplicationMessage {
  const record = state.orders.byClOrdId.get(request.clOrdId);
  if (record !== undefined) {
    return executionReport(state, record, { execType: ExecType.orderStatus, transactTime });
  }
  const { clOrdId, side, symbol } = request;
  return {
    ...{
      msgType: '8',
      avgPx: '0',
      clOrdId,
      cumQty: '0',
      execId: String(++state.orders.executions),
    },
    ...{ orderId: 'NONE', ordStatus: OrdStatus.rejected, side, symbol, text: 'unknown order' },
    ...{ transactTime, execType: ExecType.orderStatus, leavesQty: '0' },
  };
}

/** CxlRejReason (102); 99 is any other. */
const CXL_REJ_REASONS: Partial<Record<RejectReason, number>> = {
  'too-late': 0,
  'unknown-order': 1,
  'duplicate-id': 6,
};

function cancelReject(at: {
  clOrdId: string;
  origClOrdId: string;
  kind: 'cancel' | 'replace';
  record: VenueOrderRecord | undefined;
  reason: RejectReason;
}): ApplicationMessage {
  return {
    msgType: '9',
    clOrdId: at.clOrdId,
    orderId: at.record === undefined ? 'NONE' : String(at.record.orderId),
    ordStatus: at.record?.status ?? OrdStatus.rejected,
    origClOrdId: at.origClOrdId,
    text: at.reason,
    cxlRejReason: CXL_REJ_REASONS[at.reason] ?? 99,
    cxlRejResponseTo: at.kind === 'cancel' ? CxlRejResponseTo.cancel : CxlRejResponseTo.replace,
  };
}
