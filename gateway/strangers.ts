/** Orders at a venue that are none of ours: their fills are held apart, and they are cancelled. */
import type { AtVenue } from './at-venue.ts';
import { NO_MATCHING_ORDER } from './fix/dont-know-trade.ts';
import type { ExecutionReport } from './fix/execution-report.ts';
import { ExecType } from './fix/order-status.ts';
import { Side as FixSide } from './fix/order-terms.ts';
import { formatUtcTimestamp } from './fix/timestamp.ts';
import { clientOrderIdText, createClientOrderId } from './order/client-order-id.ts';
import { isOpenStatus } from './order/messages.ts';
import { nextOrderId } from './order-ids.ts';
import type { GatewayState } from './state.ts';
import { tellVenue } from './tell-venue.ts';
import { symbolAt } from './venue-terms.ts';

/** What was filled for nobody here. */
export type Strangers = {
  /** By instrument, signed. */
  lots: number[];
  /** Orders that were asked to be cancelled, by venue and OrderID; the oldest first. */
  cancelled: Map<string, number>;
  /** Executions that were held apart, by venue, OrderID and ExecID; the oldest first. */
  disowned: Map<string, number>;
};

/** Of each; beyond so many the oldest may be asked for, or disowned, again. */
const REMEMBERED_MAX = 1024;

export const createStrangers = (instruments: number): Strangers => ({
  lots: Array.from({ length: instruments }, () => 0),
  cancelled: new Map(),
  disowned: new Map(),
});

/**
 * A report on such an order. A fill puts every desk of its instrument in doubt: whose it is, only a
 * person can say.
 */
export function applyStranger(at: AtVenue, report: ExecutionReport): void {
  const isTrade = report.execType === ExecType.trade;
  const { disowned } = at.state.strangers;
  const isNew =
    isTrade && isFirst(disowned, `${at.venue.index} ${report.orderId} ${report.execId}`);
  if (isNew) disown(at, report);
  const instrument = instrumentOf(at, report.symbol);
  if (instrument === undefined) return;
  if (isNew) holdApart(at, report, instrument);
  if (isOpenStatus(report.ordStatus)) cancelOnce(at, report);
}

function instrumentOf({ state, venue }: AtVenue, symbol: string): number | undefined {
  const { instruments } = state.config;
  const index = instruments.findIndex(each => symbolAt(venue.terms, each) === symbol);
  return index < 0 ? undefined : index;
}

function holdApart({ state }: AtVenue, report: ExecutionReport, instrument: number): void {
  const lots = state.units[instrument]!.lots(report.lastQty ?? '');
  state.strangers.lots[instrument]! += (report.side === FixSide.buy ? 1 : -1) * (lots ?? 0);
  for (const desk of desksOf(state, instrument)) desk.isInDoubt = true;
}

/** Says that it is no trade of ours, where the venue takes that. */
function disown(at: AtVenue, report: ExecutionReport): void {
  const { venue, effects } = at;
  if (!venue.terms.hasDontKnowTrade || !venue.isLoggedOn) return;
  const { execId, lastPx, lastQty, orderId, orderQty, side, symbol, clOrdId = 'no name' } = report;
  const text = `no order ${clOrdId} of ours`;
  effects.problems.push(`execution ${execId} of order ${orderId}: ${text}: it is disowned`);
  tellVenue(at, {
    ...{ msgType: 'Q', execId, lastPx, lastQty, orderId, orderQty, side, symbol, text },
    reason: NO_MATCHING_ORDER,
  });
}

/** Remembers a name; false where it was there. */
function isFirst(remembered: Map<string, number>, name: string): boolean {
  if (remembered.has(name)) return false;
  remembered.set(name, 0);
  if (remembered.size > REMEMBERED_MAX) remembered.delete(remembered.keys().next().value!);
  return true;
}

function* desksOf({ desks }: GatewayState, instrument: number) {
  for (const desk of desks) if (desk.instrument === instrument) yield desk;
}

/** Asks the venue once to cancel an order that it has and no desk works. */
export function cancelOnce(at: AtVenue, report: ExecutionReport): void {
  const { state, venue, effects } = at;
  const { cancelled } = state.strangers;
  const { clOrdId, orderId, side, symbol, cumQty, leavesQty, orderQty } = report;
  if (clOrdId === undefined || !venue.isLoggedOn) return;
  if (!isFirst(cancelled, `${venue.index} ${orderId}`)) return;
  const id = createClientOrderId();
  nextOrderId(state, id);
  effects.problems.push(`order ${orderId} (${clOrdId}) works for no desk: it is cancelled`);
  tellVenue(at, {
    ...{ msgType: 'F', clOrdId: clientOrderIdText(id), origClOrdId: clOrdId, side, symbol },
    orderQty: orderQty ?? (leavesQty === '0' ? cumQty : leavesQty),
    transactTime: formatUtcTimestamp(state.config.originNs, state.nowNs),
  });
}
