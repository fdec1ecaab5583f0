/** OrderCancelRequest (F): cancels what is left of an order. */
import type { FieldReader } from './field-reader.ts';
import type { FieldWriter } from './field-writer.ts';
import { SIDES, type Side } from './order-terms.ts';
import { Tag } from './tag.ts';

export type OrderCancelRequest = {
  msgType: 'F';
  clOrdId: string;
  /** Exact decimal: the order's quantity. */
  orderQty: string;
  /** The order to cancel. */
  origClOrdId: string;
  side: Side;
  symbol: string;
  /** UTCTimestamp. */
  transactTime: string;
};

/** `11|38|41|54|55|60` */
export function encodeOrderCancelRequest(writer: FieldWriter, request: OrderCancelRequest): void {
  writer.text(Tag.clOrdId, request.clOrdId);
  writer.decimal(Tag.orderQty, request.orderQty);
  writer.text(Tag.origClOrdId, request.origClOrdId);
  writer.text(Tag.side, request.side);
  writer.text(Tag.symbol, request.symbol);
  writer.timestamp(Tag.transactTime, request.transactTime);
}

export function decodeOrderCancelRequest(reader: FieldReader): OrderCancelRequest {
  return {
    msgType: 'F',
    clOrdId: reader.text(Tag.clOrdId),
    orderQty: reader.decimal(Tag.orderQty),
    origClOrdId: reader.text(Tag.origClOrdId),
    side: reader.code(Tag.side, SIDES),
    symbol: reader.text(Tag.symbol),
    transactTime: reader.timestamp(Tag.transactTime),
  };
}
