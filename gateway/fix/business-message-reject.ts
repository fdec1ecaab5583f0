/** BusinessMessageReject (j): a well-formed message that the application does not take. */
import type { FieldReader } from './field-reader.ts';
import type { FieldWriter } from './field-writer.ts';
import { Tag } from './tag.ts';

export type BusinessMessageReject = {
  msgType: 'j';
  refSeqNum?: number | undefined;
  text?: string | undefined;
  refMsgType: string;
  /** 3 is an unsupported message type. */
  businessRejectReason: number;
};

/** `[45]|[58]|372|380` */
export function encodeBusinessMessageReject(
  writer: FieldWriter,
  reject: BusinessMessageReject,
): void {
  writer.optionalInteger(Tag.refSeqNum, reject.refSeqNum);
  writer.optionalText(Tag.text, reject.text);
  writer.text(Tag.refMsgType, reject.refMsgType);
  writer.integer(Tag.businessRejectReason, reject.businessRejectReason);
}

export function decodeBusinessMessageReject(reader: FieldReader): BusinessMessageReject {
  return {
    msgType: 'j',
    refSeqNum: reader.optionalInteger(Tag.refSeqNum),
    text: reader.optionalText(Tag.text),
    refMsgType: reader.text(Tag.refMsgType),
    businessRejectReason: reader.integer(Tag.businessRejectReason),
  };
}
