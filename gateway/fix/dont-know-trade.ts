/** DontKnowTrade (Q): an execution that we do not take for ours. */
import type { FieldReader } from './field-reader.ts';
import type { FieldWriter } from './field-writer.ts';
import { SIDES, type Side } from './order-terms.ts';
import { Tag } from './tag.ts';

/** DKReason (127); only that no order matches is ever said. */
const DK_REASONS = ['A', 'B', 'C', 'D', 'E', 'F', 'Z'] as const;
export type DkReason = (typeof DK_REASONS)[number];
export const NO_MATCHING_ORDER = 'D';

export type DontKnowTrade = {
  msgType: 'Q';
  /** Of the execution: its ids, price, quantity, side and symbol as it had them. */
  execId: string;
  lastPx?: string | undefined;
  lastQty?: string | undefined;
  orderId: string;
  orderQty?: string | undefined;
  side: Side;
  symbol: string;
  text?: string | undefined;
  reason: DkReason;
};

/** `17|[31]|[32]|37|[38]|54|55|[58]|127` */
export function encodeDontKnowTrade(writer: FieldWriter, message: DontKnowTrade): void {
  writer.text(Tag.execId, message.execId);
  writer.optionalDecimal(Tag.lastPx, message.lastPx);
  writer.optionalDecimal(Tag.lastQty, message.lastQty);
  writer.text(Tag.orderId, message.orderId);
  writer.optionalDecimal(Tag.orderQty, message.orderQty);
  writer.text(Tag.side, message.side);
  writer.text(Tag.symbol, message.symbol);
  writer.optionalText(Tag.text, message.text);
  writer.text(Tag.dkReason, message.reason);
}

export function decodeDontKnowTrade(reader: FieldReader): DontKnowTrade {
  return {
    msgType: 'Q',
    execId: reader.text(Tag.execId),
    lastPx: reader.optionalDecimal(Tag.lastPx),
    lastQty: reader.optionalDecimal(Tag.lastQty),
    orderId: reader.text(Tag.orderId),
    orderQty: reader.optionalDecimal(Tag.orderQty),
    side: reader.code(Tag.side, SIDES),
    symbol: reader.text(Tag.symbol),
    text: reader.optionalText(Tag.text),
    reason: reader.code(Tag.dkReason, DK_REASONS),
  };
}
