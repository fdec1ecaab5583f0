/** What the market did to a venue's orders, booked and reported. */
import { OutriderError } from '#engine';
import type { ApplicationMessage } from '../fix/message.ts';
import { ExecType, OrdStatus } from '../fix/order-status.ts';
import type { VenueEvent } from './market.ts';
import { isImmediate, isStop } from './place-order.ts';
import { bookFill, finishOrder, renameOrder, type VenueOrderRecord } from './venue-orders.ts';
import { cancelReject, executionReport, type VenueState } from './venue-reports.ts';

export function reportEvents(
  state: VenueState,
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
  state: VenueState,
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
