/** A venue's orders after a restart, from all it ever reported on them. */
import { OutriderError } from '#engine';
import type { ExecutionReport } from '../fix/execution-report.ts';
import type { ApplicationMessage } from '../fix/message.ts';
import { ExecType, OrdStatus } from '../fix/order-status.ts';
import type { Listed } from './listed.ts';
import {
  bookFill,
  createVenueOrders,
  finishOrder,
  isDone,
  listOrder,
  renameOrder,
  type VenueOrders,
} from './venue-orders.ts';

/**
 * What a venue said is what it did: its session stores each report, with the request it answers,
 * before a byte of it leaves, so orders made of the stored reports are as the other side knows
 * them. What was done and never stored is undone, and its request will be asked again. Throws
 * `bad-config` where an open order is of an instrument that is not listed any more.
 */
export function recallOrders(
  listed: readonly Listed[],
  said: Iterable<ApplicationMessage>,
): VenueOrders {
  const orders = createVenueOrders();
  const unlisted = new Map<string, string>();
  for (const report of said) {
    if (report.msgType !== '8') continue;
    orders.executions = Math.max(orders.executions, idOf(report.execId));
    if (report.execType === ExecType.orderStatus) continue;
    orders.orders = Math.max(orders.orders, idOf(report.orderId));
    if (!listed.some(row => row.venueSymbol === report.symbol)) {
      if (Number(report.leavesQty) === 0) unlisted.delete(report.orderId);
      else unlisted.set(report.orderId, report.symbol);
    } else recall(orders, listed, report);
  }
  for (const [orderId, symbol] of unlisted) {
    const remedy = 'list it as before, or begin anew in another directory';
    throw new OutriderError('bad-config', `order ${orderId} of ${symbol} is open; ${remedy}`);
  }
  return orders;
}

/** The venue counts; whatever is no number is an id of another's. */
const idOf = (text: string) => Number(text) || 0;

function recall(orders: VenueOrders, listed: readonly Listed[], report: ExecutionReport): void {
  const instrument = listed.findIndex(row => row.venueSymbol === report.symbol);
  const { units } = listed[instrument]!;
  const { clOrdId = '', side, execType } = report;
  const orderLots = units.lots(report.orderQty ?? '') ?? 0;
  const { ordType, timeInForce } = report;
  const limitIncrements = ordType === undefined ? units.increments(report.price ?? '') : 0;
  const stopIncrements = units.increments(report.stopPx ?? '') ?? 0;
  // The venue could not read such an order, and took none.
  if (orderLots <= 0 || limitIncrements === undefined) return;
  const record = orders.byOrderId.get(idOf(report.orderId));
  if (record === undefined) {
    // Refused for a name that was used: that order stays.
    if (orders.byClOrdId.has(clOrdId)) return;
    const postOnly = report.execInst === '6';
    const terms = { orderId: idOf(report.orderId), clOrdId, instrument, side, postOnly };
    const other = { ordType, timeInForce, stopIncrements };
    const taken = listOrder(orders, { ...terms, ...other, orderLots, limitIncrements });
    if (execType === ExecType.rejected) finishOrder(orders, taken, OrdStatus.rejected);
    return;
  }
  if (isDone(record)) return;
  const lots = units.lots(report.lastQty ?? '');
  const priceIncrements = units.increments(report.lastPx ?? '');
  if (execType === ExecType.trade && lots !== undefined && priceIncrements !== undefined) {
    record.isWaiting = false;
    orders.waiting.delete(record);
    bookFill(orders, record, { lots, priceIncrements });
  } else if (execType === ExecType.replaced) {
    renameOrder(orders, record, { clOrdId, orderLots, limitIncrements, stopIncrements });
  } else if (execType === ExecType.canceled) finishOrder(orders, record, OrdStatus.canceled);
  else if (execType === ExecType.expired) finishOrder(orders, record, OrdStatus.expired);
}
