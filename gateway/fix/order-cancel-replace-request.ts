/** OrderCancelReplaceRequest (G): changes quantity or limit of an order. */
import type { FieldReader } from './field-reader.ts';
import type { FieldWriter } from './field-writer.ts';
import {
  decodeOrderTerms,
  type OrderTerms,
  SIDES,
  type Side,
  writeOrdType,
  writeTimeInForce,
} from './order-terms.ts';
import { Tag } from './tag.ts';

export type OrderCancelReplaceRequest = OrderTerms & {
  msgType: 'G';
  clOrdId: string;
  /** Exact decimal: the new total, filled part included. */
  orderQty: string;
  /** The order to change. */
  origClOrdId: string;
  side: Side;
  symbol: string;
  /** UTCTimestamp. */
  transactTime: string;
};

/** `11|[18=6]|21=1|38|40|41|[44]|54|55|59|60|[99]` */
export function encodeOrderCancelReplaceRequest(
  writer: FieldWriter,
  request: OrderCancelReplaceRequest,
): void {
  writer.text(Tag.clOrdId, request.clOrdId);
  if (request.postOnly) writer.text(Tag.execInst, '6');
  writer.text(Tag.handlInst, '1');
  writer.decimal(Tag.orderQty, request.orderQty);
  writeOrdType(writer, request);
  writer.text(Tag.origClOrdId, request.origClOrdId);
  writer.optionalDecimal(Tag.price, request.price);
  writer.text(Tag.side, request.side);
  writer.text(Tag.symbol, request.symbol);
  writeTimeInForce(writer, request);
  writer.timestamp(Tag.transactTime, request.transactTime);
  writer.optionalDecimal(Tag.stopPx, request.stopPx);
}

export function decodeOrderCancelReplaceRequest(reader: FieldReader): OrderCancelReplaceRequest {
  const terms = decodeOrderTerms(reader);
  return {
    msgType: 'G',
    clOrdId: reader.text(Tag.clOrdId),
    ...terms,
    orderQty: reader.decimal(Tag.orderQty),
    origClOrdId: reader.text(Tag.origClOrdId),
    side: reader.code(Tag.side, SIDES),
    symbol: reader.text(Tag.symbol),
    transactTime: reader.timestamp(Tag.transactTime),
  };
}
