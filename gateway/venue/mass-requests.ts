/** Requests about all orders at once: how they stand (AF), and to cancel them (q). */
import type { ApplicationMessage } from '../fix/message.ts';
import { MASS_CANCEL_REJECTED, MassCancelRejectReason } from '../fix/order-mass-cancel-report.ts';
import { MassCancelType, type OrderMassCancelRequest } from '../fix/order-mass-cancel-request.ts';
import type { OrderMassStatusRequest } from '../fix/order-mass-status-request.ts';
import { ExecType } from '../fix/order-status.ts';
import { Side } from '../fix/order-terms.ts';
import type { VenueEvent } from './market.ts';
import { reportEvents } from './report-events.ts';
import { isDone, type VenueOrderRecord } from './venue-orders.ts';
import { executionReport, nothingReport, type VenueState } from './venue-reports.ts';

/** Symbol (55) of an answer that is about none. */
const NO_SYMBOL = '[N/A]';

/** Every open order, the last one marked as such; where none is open, one report that says so. */
export function massStatus(
  state: VenueState,
  { massStatusReqId }: OrderMassStatusRequest,
  transactTime: string,
): ApplicationMessage[] {
  const open = openOrders(state);
  if (open.length === 0) {
    const said = { side: Side.buy, symbol: NO_SYMBOL, text: 'no orders', transactTime };
    const none = nothingReport(state, { clOrdId: undefined, ...said });
    return [{ ...none, massStatusReqId, totNumReports: 0, lastRptRequested: true }];
  }
  return open.map((record, at) => ({
    ...executionReport(state, record, { execType: ExecType.orderStatus, transactTime }),
    ...{ massStatusReqId, totNumReports: open.length, lastRptRequested: at === open.length - 1 },
  }));
}

/** The report on the request, and then one on each order that it cancelled, by the order's name. */
export function massCancel(
  state: VenueState,
  request: OrderMassCancelRequest,
  transactTime: string,
): ApplicationMessage[] {
  const { clOrdId, symbol, type } = request;
  const told = { msgType: 'r', clOrdId, orderId: clOrdId, symbol, transactTime, type } as const;
  const refusal = refusalOf(state, request);
  if (refusal !== undefined) return [{ ...told, response: MASS_CANCEL_REJECTED, ...refusal }];
  const events: VenueEvent[] = [];
  for (const { orderId, isWaiting, instrument } of openOrders(state)) {
    if (type === MassCancelType.security && state.bySymbol.get(symbol ?? '') !== instrument) {
      continue;
    }
    if (isWaiting) events.push({ kind: 'cancelled', orderId });
    else state.market.cancel(orderId, events);
  }
  const cancelled = events.filter(({ kind }) => kind === 'cancelled');
  return [
    { ...told, response: type, totalAffectedOrders: cancelled.length },
    ...reportEvents(state, cancelled, transactTime),
  ];
}

function refusalOf(
  { bySymbol }: VenueState,
  { type, symbol }: OrderMassCancelRequest,
): { rejectReason: number; text: string } | undefined {
  if (type === MassCancelType.all) return undefined;
  if (type !== MassCancelType.security) {
    const text = `530=${type} is not supported; ask for all orders (7) or a security's (1)`;
    return { rejectReason: MassCancelRejectReason.notSupported, text };
  }
  if (symbol !== undefined && bySymbol.has(symbol)) return undefined;
  const text = `unknown symbol ${symbol ?? ''}`.trimEnd();
  return { rejectReason: MassCancelRejectReason.unknownSecurity, text };
}

const openOrders = ({ orders }: VenueState): VenueOrderRecord[] =>
  [...orders.byOrderId.values()].filter(record => !isDone(record));
