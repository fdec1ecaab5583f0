/** Whole FIX 4.4 messages: typed header and body to framed bytes, a parsed view back to both. */
import { FieldReader } from './field-reader.ts';
import { FieldWriter } from './field-writer.ts';
import { decodeBody, encodeBody, type FixMessage } from './message.ts';
import type { FieldProblem, FixView } from './parse.ts';
import { Tag } from './tag.ts';

export type FixHeader = {
  /** From 1 on. */
  msgSeqNum: number;
  senderCompId: string;
  /** UTCTimestamp, as `formatUtcTimestamp` writes it. */
  sendingTime: string;
  targetCompId: string;
  /** A repetition of a message the other side may already have. */
  possDup?: boolean;
  /** A new message that may repeat the contents of an earlier one. */
  possResend?: boolean;
  /** UTCTimestamp of the first sending; with `possDup`. */
  origSendingTime?: string;
};

export type Decoded =
  | { message: FixMessage; problem?: undefined }
  /** An unknown MsgType has no problem: whether it is one is for the session to say. */
  | { message?: undefined; problem: FieldProblem | undefined };

const writer = new FieldWriter();

/**
 *     8=FIX.4.4|9=n|35=T|34=n|[43=Y]|49=S|52=time|56=T|[97=Y]|[122=time]|body ascending|10=sum|
 *
 * The bytes are the caller's own. Throws `bad-data` for a value that no FIX field can hold,
 * `limit` for a message beyond MESSAGE_BYTES_MAX.
 */
export function encodeMessage(header: FixHeader, message: FixMessage): Buffer {
  startMessage(header, message.msgType);
  encodeBody(writer, message);
  return writer.finish();
}

/** The same body under a new header: a resent message. */
export function encodeAgain(header: FixHeader, view: FixView): Buffer {
  startMessage(header, view.msgType);
  writer.raw(view.bytes, view.bodyStart, view.bodyEnd);
  return writer.finish();
}

/** Header fields that come with every message; check `problem` first. */
export function decodeHeader(view: FixView): { header: FixHeader; problem?: FieldProblem } {
  const reader = new FieldReader(view);
  const origSendingTime = reader.optionalTimestamp(Tag.origSendingTime);
  const header: FixHeader = {
    msgSeqNum: view.msgSeqNum,
    senderCompId: reader.text(Tag.senderCompId),
    sendingTime: reader.timestamp(Tag.sendingTime),
    targetCompId: reader.text(Tag.targetCompId),
    possDup: reader.flag(Tag.possDupFlag),
    possResend: reader.flag(Tag.possResend),
    ...(origSendingTime === undefined ? undefined : { origSendingTime }),
  };
  return reader.problem === undefined ? { header } : { header, problem: reader.problem };
}

export function decodeMessage(view: FixView): Decoded {
  const reader = new FieldReader(view);
  const message = decodeBody(reader, view.msgType);
  if (message === undefined || reader.problem !== undefined) return { problem: reader.problem };
  return { message };
}

function startMessage(header: FixHeader, msgType: string): void {
  writer.start();
  writer.text(Tag.msgType, msgType);
  writer.integer(Tag.msgSeqNum, header.msgSeqNum);
  if (header.possDup) writer.flag(Tag.possDupFlag, true);
  writer.text(Tag.senderCompId, header.senderCompId);
  writer.timestamp(Tag.sendingTime, header.sendingTime);
  writer.text(Tag.targetCompId, header.targetCompId);
  if (header.possResend) writer.flag(Tag.possResend, true);
  writer.optionalTimestamp(Tag.origSendingTime, header.origSendingTime);
}
