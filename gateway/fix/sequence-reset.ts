/** SequenceReset (4): fills a gap of messages not worth resending, or sets the next number. */
import type { FieldReader } from './field-reader.ts';
import type { FieldWriter } from './field-writer.ts';
import { Tag } from './tag.ts';

export type SequenceReset = {
  msgType: '4';
  /** The number of the next message. */
  newSeqNo: number;
  /** True in answer to a ResendRequest; false sets the number whatever was missed. */
  gapFillFlag: boolean;
};

/** `36=newSeqNo|[123=Y]` */
export function encodeSequenceReset(writer: FieldWriter, reset: SequenceReset): void {
  writer.integer(Tag.newSeqNo, reset.newSeqNo);
  if (reset.gapFillFlag) writer.flag(Tag.gapFillFlag, true);
}

export function decodeSequenceReset(reader: FieldReader): SequenceReset {
  return {
    msgType: '4',
    newSeqNo: reader.integer(Tag.newSeqNo),
    gapFillFlag: reader.flag(Tag.gapFillFlag),
  };
}
