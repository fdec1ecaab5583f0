/** NewOrderSingle (D): an order. */
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

export type NewOrderSingle = OrderTerms & {
  msgType: 'D';
  clOrdId: string;
  /** Exact decimal. */
  orderQty: string;
  side: Side;
  symbol: string;
  /** UTCTimestamp. */
  transactTime: string;
};

/** `11|[18=6]|21=1|38|40|[44]|54|55|59|60|[99]` */
export function encodeNewOrderSingle(writer: FieldWriter, order: NewOrderSingle): void {
  writer.text(Tag.clOrdId, order.clOrdId);
  if (order.postOnly) writer.text(Tag.execInst, '6');
  writer.text(Tag.handlInst, '1');
  writer.decimal(Tag.orderQty, order.orderQty);
  writeOrdType(writer, order);
  writer.optionalDecimal(Tag.price, order.price);
  writer.text(Tag.side, order.side);
  writer.text(Tag.symbol, order.symbol);
  writeTimeInForce(writer, order);
  writer.timestamp(Tag.transactTime, order.transactTime);
  writer.optionalDecimal(Tag.stopPx, order.stopPx);
}

export function decodeNewOrderSingle(reader: FieldReader): NewOrderSingle {
  const terms = decodeOrderTerms(reader);
  return {
    msgType: 'D',
    clOrdId: reader.text(Tag.clOrdId),
    ...terms,
    orderQty: reader.decimal(Tag.orderQty),
    side: reader.code(Tag.side, SIDES),
    symbol: reader.text(Tag.symbol),
    transactTime: reader.timestamp(Tag.transactTime),
  };
}
