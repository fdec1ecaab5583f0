/** OrderMassCancelRequest (q): asks a venue to cancel all our orders, or those of a security. */
import type { FieldReader } from './field-reader.ts';
import type { FieldWriter } from './field-writer.ts';
import { Tag } from './tag.ts';

/** MassCancelRequestType (530); only of a security, and all, are ever asked for. */
export const MASS_CANCEL_TYPES = ['1', '2', '3', '4', '5', '6', '7'] as const;
export type MassCancelType = (typeof MASS_CANCEL_TYPES)[number];
export const MassCancelType = { security: '1', all: '7' } as const;

export type OrderMassCancelRequest = {
  msgType: 'q';
  clOrdId: string;
  /** Of the security, where the type is that. */
  symbol?: string | undefined;
  /** UTCTimestamp. */
  transactTime: string;
  type: MassCancelType;
};

/** `11|[55]|60|530` */
export function encodeOrderMassCancelRequest(
  writer: FieldWriter,
  request: OrderMassCancelRequest,
): void {
  writer.text(Tag.clOrdId, request.clOrdId);
  writer.optionalText(Tag.symbol, request.symbol);
  writer.timestamp(Tag.transactTime, request.transactTime);
  writer.text(Tag.massCancelRequestType, request.type);
}

export function decodeOrderMassCancelRequest(reader: FieldReader): OrderMassCancelRequest {
  return {
    msgType: 'q',
    clOrdId: reader.text(Tag.clOrdId),
    symbol: reader.optionalText(Tag.symbol),
    transactTime: reader.timestamp(Tag.transactTime),
    type: reader.code(Tag.massCancelRequestType, MASS_CANCEL_TYPES),
  };
}
