/** OrderStatusRequest (H): asks for a report on one order. */
import type { FieldReader } from './field-reader.ts';
import type { FieldWriter } from './field-writer.ts';
import { SIDES, type Side } from './order-terms.ts';
import { Tag } from './tag.ts';

export type OrderStatusRequest = { msgType: 'H'; clOrdId: string; side: Side; symbol: string };

/** `11|54|55` */
export function encodeOrderStatusRequest(writer: FieldWriter, request: OrderStatusRequest): void {
  writer.text(Tag.clOrdId, request.clOrdId);
  writer.text(Tag.side, request.side);
  writer.text(Tag.symbol, request.symbol);
}

export function decodeOrderStatusRequest(reader: FieldReader): OrderStatusRequest {
  return {
    msgType: 'H',
    clOrdId: reader.text(Tag.clOrdId),
    side: reader.code(Tag.side, SIDES),
    symbol: reader.text(Tag.symbol),
  };
}
