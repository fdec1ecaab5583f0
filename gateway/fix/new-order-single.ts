/** NewOrderSingle (D): a limit order for the day. */
import type { FieldReader } from './field-reader.ts';
import type { FieldWriter } from './field-writer.ts';
import { decodeOrderTerms, SIDES, type Side } from './order-terms.ts';
import { Tag } from './tag.ts';

export type NewOrderSingle = {
  msgType: 'D';
  clOrdId: string;
  /** Refused by the venue rather than traded on arrival. */
  postOnly: boolean;
  /** Exact decimal. */
  orderQty: string;
  /** Exact decimal. */
  price: string;
  side: Side;
  symbol: string;
  /** UTCTimestamp. */
  transactTime: string;
};

/** `11|[18=6]|21=1|38|40=2|44|54|55|59=0|60` */
export function encodeNewOrderSingle(writer: FieldWriter, order: NewOrderSingle): void {
  writer.text(Tag.clOrdId, order.clOrdId);
  if (order.postOnly) writer.text(Tag.execInst, '6');
  writer.text(Tag.handlInst, '1');
  writer.decimal(Tag.orderQty, order.orderQty);
  writer.text(Tag.ordType, '2');
  writer.decimal(Tag.price, order.price);
  writer.text(Tag.side, order.side);
  writer.text(Tag.symbol, order.symbol);
  writer.text(Tag.timeInForce, '0');
  writer.timestamp(Tag.transactTime, order.transactTime);
}

export function decodeNewOrderSingle(reader: FieldReader): NewOrderSingle {
  const { postOnly } = decodeOrderTerms(reader);
  return {
    msgType: 'D',
    clOrdId: reader.text(Tag.clOrdId),
    postOnly,
    orderQty: reader.decimal(Tag.orderQty),
    price: reader.decimal(Tag.price),
    side: reader.code(Tag.side, SIDES),
    symbol: reader.text(Tag.symbol),
    transactTime: reader.timestamp(Tag.transactTime),
  };
}
