/** The paper venue's own desk, by telephone: what it does to orders though no message asked. */
import { z } from 'zod';
import { OutriderError } from '#engine';
import type { ApplicationMessage } from '../fix/message.ts';
import { ExecType } from '../fix/order-status.ts';
import type { VenueEvent } from './market.ts';
import { reportEvents } from './report-events.ts';
import { bookFill, isDone, type VenueOrderRecord } from './venue-orders.ts';
import { executionReport, type VenueState } from './venue-reports.ts';

const orderId = z.int().min(1);

export const venueCallSchema = z.discriminatedUnion('kind', [
  /** Each cancel is too late from now on; and no more. */
  z.strictObject({ kind: z.literal('refuse-cancels') }),
  z.strictObject({ kind: z.literal('take-cancels') }),
  z.strictObject({ kind: z.literal('cancel'), orderId }),
  /** One lot more than the order is for, at its price. */
  z.strictObject({ kind: z.literal('overfill'), orderId }),
  /** So is the next order that comes, whichever it is. */
  z.strictObject({ kind: z.literal('overfill-next') }),
]);

export type VenueCall = z.output<typeof venueCallSchema>;

/** Reports on what was done. Throws `bad-usage` where the order is not open. */
export function answerCall(
  state: VenueState,
  call: VenueCall,
  transactTime: string,
): ApplicationMessage[] {
  switch (call.kind) {
    case 'refuse-cancels':
    case 'take-cancels':
      state.refusesCancels = call.kind === 'refuse-cancels';
      return [];
    case 'cancel':
      return reportEvents(state, taken(state, openOrder(state, call.orderId)), transactTime);
    case 'overfill': {
      const record = openOrder(state, call.orderId);
      taken(state, record);
      return [overfill(state, record, transactTime)];
    }
    case 'overfill-next':
      state.overfillsNext = true;
      return [];
  }
}

/** Of an order that is in no market. */
export function overfill(
  state: VenueState,
  record: VenueOrderRecord,
  transactTime: string,
): ApplicationMessage {
  const lots = record.orderLots - record.filledLots + 1;
  const fill = { lots, priceIncrements: record.limitIncrements };
  bookFill(state.orders, record, fill);
  return executionReport(state, record, { execType: ExecType.trade, transactTime, fill });
}

function openOrder({ orders }: VenueState, id: number): VenueOrderRecord {
  const record = orders.byOrderId.get(id);
  if (record !== undefined && !isDone(record)) return record;
  throw new OutriderError('bad-usage', `order ${id}: not open; give the OrderID (37) of one`);
}

/** Out of the market. */
function taken({ market, orders }: VenueState, record: VenueOrderRecord): VenueEvent[] {
  const events: VenueEvent[] = [];
  if (orders.waiting.delete(record)) events.push({ kind: 'cancelled', orderId: record.orderId });
  else market.cancel(record.orderId, events);
  return events;
}
