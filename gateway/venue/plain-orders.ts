/** Plain orders at the venue: numbers in, and reports as numbers where they are plain too. */
import { PLAIN_ORDER, PLAIN_REPORT, type PlainOrders } from '#native';
import { Side } from '../fix/order-terms.ts';
import type { VenueEvent, VenueMarket } from './market.ts';
import { placeOrder } from './place-order.ts';
import { bookFill, listOrder, type VenueOrderRecord, type VenueOrders } from './venue-orders.ts';

/** A limit order for the day, and the way to answer it. */
export type PlainRequest = {
  clOrdId: string;
  /** Holds the order's numbers, and takes those of a report. */
  numbers: PlainOrders;
  /** Sends the report; false where it has to be said in full. */
  reply(): boolean;
};

/** Lists the order and brings it to its market. */
export function placePlain(
  { market, orders }: { market: VenueMarket; orders: VenueOrders },
  { clOrdId, numbers: { order } }: PlainRequest,
  events: VenueEvent[],
): VenueOrderRecord {
  const record = listOrder(orders, {
    orderId: ++orders.orders,
    clOrdId,
    instrument: order[PLAIN_ORDER.instrument]!,
    side: order[PLAIN_ORDER.side] === 1 ? Side.buy : Side.sell,
    postOnly: false,
    ordType: undefined,
    timeInForce: undefined,
    orderLots: order[PLAIN_ORDER.lots]!,
    limitIncrements: order[PLAIN_ORDER.limitIncrements]!,
    stopIncrements: 0,
  });
  placeOrder(market, record, events);
  return record;
}

/** Reports what happened to the order just taken; false, and nothing done, for other news. */
export function replyPlain(
  { orders, record }: { orders: VenueOrders; record: VenueOrderRecord },
  event: VenueEvent,
  { numbers: { order, report }, reply }: PlainRequest,
): boolean {
  const isFill = event.kind === 'filled';
  if (event.orderId !== record.orderId || !(isFill || event.kind === 'accepted')) return false;
  const lots = isFill ? event.quantityLots : 0;
  const filledLots = record.filledLots + lots;
  const filledValue = isFill ? record.filledValue + lots * event.priceIncrements : 0;
  report[PLAIN_REPORT.instrument] = record.instrument;
  report[PLAIN_REPORT.side] = order[PLAIN_ORDER.side]!;
  report[PLAIN_REPORT.orderId] = record.orderId;
  report[PLAIN_REPORT.executionId] = orders.executions + 1;
  report[PLAIN_REPORT.orderLots] = record.orderLots;
  report[PLAIN_REPORT.limitIncrements] = record.limitIncrements;
  report[PLAIN_REPORT.filledLots] = filledLots;
  report[PLAIN_REPORT.averageIncrements] =
    filledLots === 0 ? 0 : Math.round(filledValue / filledLots);
  report[PLAIN_REPORT.lastLots] = lots;
  report[PLAIN_REPORT.lastIncrements] = isFill ? event.priceIncrements : 0;
  if (!reply()) return false;
  orders.executions++;
  if (isFill) bookFill(orders, record, { lots, priceIncrements: event.priceIncrements });
  return true;
}
