/** ResendRequest (2): asks for messages that went missing. */
import type { FieldReader } from './field-reader.ts';
import type { FieldWriter } from './field-writer.ts';
import { Tag } from './tag.ts';

export type ResendRequest = {
  msgType: '2';
  beginSeqNo: number;
  /** 0 means: and everything after. */
  endSeqNo: number;
};

/** `7=beginSeqNo|16=endSeqNo` */
export function encodeResendRequest(writer: FieldWriter, request: ResendRequest): void {
  writer.integer(Tag.beginSeqNo, request.beginSeqNo);
  writer.integer(Tag.endSeqNo, request.endSeqNo);
}

export function decodeResendRequest(reader: FieldReader): ResendRequest {
  return {
    msgType: '2',
    beginSeqNo: reader.integer(Tag.beginSeqNo),
    endSeqNo: reader.integer(Tag.endSeqNo),
  };
}
