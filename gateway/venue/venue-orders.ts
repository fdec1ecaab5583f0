/** The orders a venue knows, by every name they ever had; of those that are done, the latest. */
import { OrdStatus } from '../fix/order-status.ts';
import type { Side } from '../fix/order-terms.ts';
import { OrdType, type TimeInForce } from '../fix/order-type.ts';

/** An order as the venue reports on it. */
export type VenueOrderRecord = {
  orderId: number;
  clOrdId: string;
  /** Every name it ever had. */
  clOrdIds: string[];
  instrument: number;
  side: Side;
  postOnly: boolean;
  /** Of one that is no limit order. */
  ordType: OrdType | undefined;
  /** Of one that is not for the day. */
  timeInForce: TimeInForce | undefined;
  /** Of a stop order. */
  stopIncrements: number;
  /** A stop order that was not reached yet: no market has it. */
  isWaiting: boolean;
  orderLots: number;
  limitIncrements: number;
  filledLots: number;
  /** Sum of lots times increments filled: what the average price is made of. */
  filledValue: number;
  status: OrdStatus;
  /** Request under way: what its answer is called. */
  request: { clOrdId: string; kind: 'cancel' | 'replace' } | undefined;
};

export type VenueOrders = {
  byClOrdId: Map<string, VenueOrderRecord>;
  /** In the order in which they came to their prices: that of their queues. */
  byOrderId: Map<number, VenueOrderRecord>;
  done: VenueOrderRecord[];
  /** Stop orders that were not reached yet. */
  waiting: Set<VenueOrderRecord>;
  /** Ids given out so far: of orders, and of reports. */
  orders: number;
  executions: number;
  /** Executions that filled something. */
  fills: number;
  /** Executions that the other side does not take for its own (DontKnowTrade). */
  disputed: number;
};

/** Orders that are done are remembered up to this many, for status requests and late cancels. */
const DONE_ORDERS_MAX = 1000;

export const createVenueOrders = (): VenueOrders => ({
  ...{
    byClOrdId: new Map(),
    byOrderId: new Map(),
    waiting: new Set(),
    done: [],
    orders: 0,
    executions: 0,
    fills: 0,
    disputed: 0,
  },
});

type Terms = Omit<
  VenueOrderRecord,
  'clOrdIds' | 'filledLots' | 'filledValue' | 'status' | 'request' | 'isWaiting'
>;

/** Takes in an order that nothing has happened to. */
export function listOrder(orders: VenueOrders, terms: Terms): VenueOrderRecord {
  const record: VenueOrderRecord = {
    orderId: terms.orderId,
    clOrdId: terms.clOrdId,
    clOrdIds: [terms.clOrdId],
    instrument: terms.instrument,
    side: terms.side,
    postOnly: terms.postOnly,
    ordType: terms.ordType,
    timeInForce: terms.timeInForce,
    stopIncrements: terms.stopIncrements,
    isWaiting: terms.ordType === OrdType.stop,
    orderLots: terms.orderLots,
    limitIncrements: terms.limitIncrements,
    filledLots: 0,
    filledValue: 0,
    status: OrdStatus.new,
    request: undefined,
  };
  orders.byClOrdId.set(record.clOrdId, record);
  orders.byOrderId.set(record.orderId, record);
  if (record.isWaiting) orders.waiting.add(record);
  return record;
}

export function bookFill(
  orders: VenueOrders,
  record: VenueOrderRecord,
  fill: { lots: number; priceIncrements: number },
): void {
  orders.fills += 1;
  record.filledLots += fill.lots;
  record.filledValue += fill.lots * fill.priceIncrements;
  if (record.filledLots >= record.orderLots) finishOrder(orders, record, OrdStatus.filled);
  else record.status = OrdStatus.partiallyFilled;
}

export function renameOrder(
  orders: VenueOrders,
  record: VenueOrderRecord,
  terms: Pick<VenueOrderRecord, 'clOrdId' | 'orderLots' | 'limitIncrements'> &
    Partial<Pick<VenueOrderRecord, 'stopIncrements'>>,
): void {
  const losesPlace =
    terms.limitIncrements !== record.limitIncrements || terms.orderLots > record.orderLots;
  Object.assign(record, terms);
  record.clOrdIds.push(terms.clOrdId);
  if (losesPlace) {
    orders.byOrderId.delete(record.orderId);
    orders.byOrderId.set(record.orderId, record);
  }
  orders.byClOrdId.set(terms.clOrdId, record);
}

export function finishOrder(orders: VenueOrders, record: VenueOrderRecord, status: OrdStatus) {
  record.status = status;
  if (record.isWaiting) orders.waiting.delete(record);
  orders.done.push(record);
  if (orders.done.length <= DONE_ORDERS_MAX) return;
  const forgotten = orders.done.shift()!;
  orders.byOrderId.delete(forgotten.orderId);
  for (const clOrdId of forgotten.clOrdIds) orders.byClOrdId.delete(clOrdId);
}

export const isDone = ({ status }: VenueOrderRecord) =>
  status !== OrdStatus.new && status !== OrdStatus.partiallyFilled;
