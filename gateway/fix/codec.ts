/** Whole FIX 4.4 messages: typed header and body to framed bytes, a parsed view back to both. */
import { FieldReader } from './field-reader.ts';
import { FieldWriter } from './field-writer.ts';
import { decodeBody, encodeBody, type FixMessage } from './message.ts';
import type { FieldProblem, FixView } from './parse.ts';
import { furtherHeader, type RawField, type WholeMessage } from './raw-field.ts';
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
const NONE: readonly RawField[] = [];

/**
 *     8=FIX.4.4|9=n|35=T|34=n|[43=Y]|49=S|52=time|56=T|[97=Y]|[122=time]|body ascending|10=sum|
 *
 * Further header fields stand where their tags put them. The bytes are the caller's own. Throws
 * `bad-data` for a value that no FIX field can hold, `limit` beyond MESSAGE_BYTES_MAX.
 */
export function encodeMessage(
  header: FixHeader,
  message: FixMessage,
  further: readonly RawField[] = NONE,
): Buffer {
  startMessage(header, message.msgType, further);
  encodeBody(writer, message);
  return writer.finish();
}

/** The same for a message of any type, its fields as they stand. */
export function encodeWhole(header: FixHeader, message: WholeMessage): Buffer {
  const { msgType, possResend } = message;
  startMessage({ ...header, possResend }, msgType, message.header);
  for (const { bytes } of message.body) writer.raw(bytes, 0, bytes.length);
  return writer.finish();
}

/** The same body under a new header: a resent message. */
export function encodeAgain(header: FixHeader, view: FixView): Buffer {
  startMessage(header, view.msgType, furtherHeader(view));
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

function startMessage(header: FixHeader, msgType: string, further = NONE): void {
  writer.start();
  writer.text(Tag.msgType, msgType);
  let at = writeBelow(further, 0, Tag.msgSeqNum);
  writer.integer(Tag.msgSeqNum, header.msgSeqNum);
  if (header.possDup) writer.flag(Tag.possDupFlag, true);
  at = writeBelow(further, at, Tag.senderCompId);
  writer.text(Tag.senderCompId, header.senderCompId);
  at = writeBelow(further, at, Tag.sendingTime);
  writer.timestamp(Tag.sendingTime, header.sendingTime);
  writer.text(Tag.targetCompId, header.targetCompId);
  at = writeBelow(further, at, Tag.possResend);
  if (header.possResend) writer.flag(Tag.possResend, true);
  at = writeBelow(further, at, Tag.origSendingTime);
  writer.optionalTimestamp(Tag.origSendingTime, header.origSendingTime);
  writeBelow(further, at, Number.POSITIVE_INFINITY);
}

/** Writes the fields from index `at` on whose tags are below `tag`; gives the index after them. */
function writeBelow(fields: readonly RawField[], at: number, tag: number): number {
  let next = at;
  while (next < fields.length && fields[next]!.tag < tag) {
    const { bytes } = fields[next++]!;
    writer.raw(bytes, 0, bytes.length);
  }
  return next;
}
