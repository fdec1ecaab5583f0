/** Reject (3): a message broke a rule of the session, so it was not processed. */
import type { FieldReader } from './field-reader.ts';
import type { FieldWriter } from './field-writer.ts';
import { Tag } from './tag.ts';

export type Reject = {
  msgType: '3';
  refSeqNum: number;
  text?: string | undefined;
  /** The field at fault, where one can be named; 0 or less for a tag that cannot be. */
  refTagId?: number | undefined;
  refMsgType?: string | undefined;
  /** A RejectReason of our own, any number of the other side's. */
  sessionRejectReason?: number | undefined;
};

/** `45=refSeqNum|[58=text]|[371=refTagId]|[372=refMsgType]|[373=sessionRejectReason]` */
export function encodeReject(writer: FieldWriter, reject: Reject): void {
  writer.integer(Tag.refSeqNum, reject.refSeqNum);
  writer.optionalText(Tag.text, reject.text);
  writer.optionalText(Tag.refTagId, reject.refTagId?.toString());
  writer.optionalText(Tag.refMsgType, reject.refMsgType);
  writer.optionalInteger(Tag.sessionRejectReason, reject.sessionRejectReason);
}

export function decodeReject(reader: FieldReader): Reject {
  return {
    msgType: '3',
    refSeqNum: reader.integer(Tag.refSeqNum),
    text: reader.optionalText(Tag.text),
    refTagId: reader.optionalInteger(Tag.refTagId),
    refMsgType: reader.optionalText(Tag.refMsgType),
    sessionRejectReason: reader.optionalInteger(Tag.sessionRejectReason),
  };
}
