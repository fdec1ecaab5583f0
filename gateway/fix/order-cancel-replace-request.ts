/** OrderCancelReplaceRequest (G): changes quantity or limit of an order. */
import type { FieldReader } from './field-reader.ts';
import type { FieldWriter } from './field-writer.ts';
import { decodeOrderTerms, SIDES, type Side } from './order-terms.ts';
import { Tag } from './tag.ts';

export type OrderCancelReplaceRequest = {
  msgType: 'G';
  clOrdId: string;
  postOnly: boolean;
  /** Exact decimal: the new total, filled part included. */
  orderQty: string;
  /** The order to change. */
  origClOrdId: string;
  /** Exact decimal. */
  price: string;
  side: Side;
  symbol: string;
  /** UTCTimestamp. */
  transactTime: string;
};

/** `11|[18=6]|21=1|38|40=2|41|44|54|55|59=0|60` */
export function encodeOrderCancelReplaceRequest(
  writer: FieldWriter,
  request: OrderCancelReplaceRequest,
): void {
  writer.text(Tag.clOrdId, request.clOrdId);
  if (request.postOnly) writer.text(Tag.execInst, '6');
  writer.text(Tag.handlInst, '1');
  writer.decimal(Tag.orderQty, request.orderQty);
  writer.text(Tag.ordType, '2');
  writer.text(Tag.origClOrdId, request.origClOrdId);
  writer.decimal(Tag.price, request.price);
  writer.text(Tag.side, request.side);
  writer.text(Tag.symbol, request.symbol);
  writer.text(Tag.timeInForce, '0');
  writer.timestamp(Tag.transactTime, request.transactTime);
}

export function decodeOrderCancelReplaceRequest(reader: FieldReader): OrderCancelReplaceRequest {
  const { postOnly } = decodeOrderTerms(reader);
  return {
    msgType: 'G',
    clOrdId: reader.text(Tag.clOrdId),
    postOnly,
    orderQty: reader.decimal(Tag.orderQty),
    origClOrdId: reader.text(Tag.origClOrdId),
    price: reader.decimal(Tag.price),
    side: reader.code(Tag.side, SIDES),
    symbol: reader.text(Tag.symbol),
    transactTime: reader.timestamp(Tag.transactTime),
  };
}
