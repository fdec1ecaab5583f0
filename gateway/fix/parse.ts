/** Takes a framed message apart into a flat view: where each value lies, and what is wrong. */
import { dataTagOf, isHeaderTag, RejectReason, Tag } from './tag.ts';

/** Why a message that is whole is not well formed. */
export type FieldProblem = {
  reason: RejectReason;
  /** Undefined where there is no tag to name. */
  tag: number | undefined;
  /** In place of the text that goes with the reason. */
  text?: string;
};

export type FixView = {
  kind: 'view';
  bytes: Buffer;
  /** Triples (tag, first byte of the value, byte after the value) in the order of the message. */
  fields: readonly number[];
  /** Body tags that occur more than once: members of groups, or a mistake. */
  duplicates: readonly number[];
  msgType: string;
  /** -1 when MsgSeqNum is missing, no number, or beyond 2147483647; 0 in a SequenceReset alone. */
  msgSeqNum: number;
  /** The fields between header and CheckSum: bytes [bodyStart, bodyEnd). */
  bodyStart: number;
  bodyEnd: number;
  /** The first thing wrong with header or structure; body values are checked when they are read. */
  problem: FieldProblem | undefined;
};

/** `8`, `9` and `35` are not the first three fields: not to be answered, as the FIX rules say. */
export type Garbled = { kind: 'garbled'; reason: 'not-a-header' };

const SOH = 1;
const EQUALS = 61;
const ZERO = 48;
const TAG_MAX = 65_535;
/** MsgSeqNum is at most this. */
export const SEQUENCE_MAX = 2_147_483_647;
/** Up to here characters one by one are faster than a call into the runtime. */
const SHORT_TEXT_BYTES = 8;
const NONE: readonly number[] = [];
const REQUIRED = [Tag.msgSeqNum, Tag.senderCompId, Tag.sendingTime, Tag.targetCompId];

/** Message in which a tag was last seen: a fresh mark per message instead of a fresh set. */
const seenIn = new Uint32Array(TAG_MAX + 1);
let mark = 0;

type Scan = {
  bytes: Buffer;
  fields: number[];
  duplicates: number[] | undefined;
  /** The data field that must come next and its length, after a length field. */
  dataTag: number;
  dataBytes: number;
  bodyStart: number;
  bodyEnd: number;
  problem: FieldProblem | undefined;
};

/** Reads bytes as the framer yields them (length and checksum are its part); never throws. */
export function parseMessage(message: Uint8Array): FixView | Garbled {
  nextMark();
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  const scan: Scan = {
    bytes,
    fields: [],
    duplicates: undefined,
    dataTag: 0,
    dataBytes: 0,
    bodyStart: -1,
    bodyEnd: -1,
    problem: undefined,
  };
  for (let at = 0; at < bytes.length; ) at = scanField(scan, at);
  const { fields } = scan;
  if (fields[0] !== Tag.beginString || fields[3] !== Tag.bodyLength || fields[6] !== Tag.msgType) {
    return { kind: 'garbled', reason: 'not-a-header' };
  }
  if (scan.bodyEnd < 0) scan.bodyEnd = bytes.length;
  if (scan.bodyStart < 0) scan.bodyStart = scan.bodyEnd;
  for (const tag of REQUIRED) {
    if (seenIn[tag] !== mark) report(scan, RejectReason.requiredTagMissing, tag);
  }
  const msgType = textBetween(bytes, fields[7]!, fields[8]!);
  return {
    kind: 'view',
    bytes,
    fields,
    duplicates: scan.duplicates ?? NONE,
    msgType,
    msgSeqNum: sequenceNumber(scan, msgType === '4' ? 0 : 1),
    bodyStart: scan.bodyStart,
    bodyEnd: scan.bodyEnd,
    problem: scan.problem,
  };
}

/** Place of a tag's first value in `view.fields`, or -1. */
export function findField(view: FixView, tag: number): number {
  return findIn(view.fields, tag);
}

/** A tag's first value, or undefined. */
export function fieldText(view: FixView, tag: number): string | undefined {
  const at = findIn(view.fields, tag);
  return at < 0 ? undefined : textBetween(view.bytes, view.fields[at + 1]!, view.fields[at + 2]!);
}

/** Latin-1: one character a byte, so that any bytes survive. */
function textBetween(bytes: Buffer, start: number, end: number): string {
  if (end - start > SHORT_TEXT_BYTES) return bytes.toString('latin1', start, end);
  let text = '';
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at]!);
  return text;
}

function findIn(fields: readonly number[], tag: number): number {
  for (let at = 0; at < fields.length; at += 3) if (fields[at] === tag) return at;
  return -1;
}

/** Reads the field that begins at a place and gives the place of the next one. */
function scanField(scan: Scan, start: number): number {
  const { bytes } = scan;
  let at = start;
  let tag = 0;
  for (; at < bytes.length; at++) {
    const digit = bytes[at]! - ZERO;
    if (!(digit >= 0 && digit <= 9)) break;
    tag = tag * 10 + digit;
  }
  if (at === start || bytes[start] === ZERO || tag > TAG_MAX || bytes[at] !== EQUALS) {
    const end = valueEnd(bytes, at);
    report(scan, RejectReason.invalidTag, impossibleTag(bytes, start, end));
    return end + 1;
  }
  const valueStart = at + 1;
  let end: number;
  if (scan.dataTag !== 0) {
    end = dataEnd(scan, tag, valueStart);
    scan.dataTag = 0;
  } else {
    end = valueEnd(bytes, valueStart);
  }
  if (end === valueStart) report(scan, RejectReason.tagWithoutValue, tag);
  const dataTag = dataTagOf(tag);
  if (dataTag !== 0) {
    scan.dataTag = dataTag;
    scan.dataBytes = wholeNumber(bytes, valueStart, end);
  }
  place(scan, tag, start);
  scan.fields.push(tag, valueStart, end);
  return end + 1;
}

/** A number that is no tag, such as 0 or -1, or undefined where there is none. */
function impossibleTag(bytes: Buffer, start: number, end: number): number | undefined {
  const text = bytes.toString('latin1', start, Math.min(end, start + 12));
  const said = /^(-?\d{1,9})=/.exec(text)?.[1];
  return said === undefined ? undefined : Number(said);
}

function valueEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== SOH) at++;
  return at;
}

/** A data field ends where its length says, delimiters in it or not. */
function dataEnd(scan: Scan, tag: number, start: number): number {
  const { bytes, dataTag, dataBytes } = scan;
  const end = start + dataBytes;
  if (tag === dataTag && dataBytes >= 0 && end < bytes.length && bytes[end] === SOH) return end;
  report(scan, RejectReason.dataFormatIncorrect, dataTag);
  return valueEnd(bytes, start);
}

/** Header before body, CheckSum last, no header field twice. */
function place(scan: Scan, tag: number, start: number): void {
  const twice = seenIn[tag] === mark;
  seenIn[tag] = mark;
  if (isHeaderTag(tag)) {
    if (twice && tag < 627) report(scan, RejectReason.tagTwice, tag);
    else if (scan.bodyStart >= 0) report(scan, RejectReason.tagOutOfOrder, tag);
    return;
  }
  if (scan.bodyEnd >= 0) report(scan, RejectReason.tagOutOfOrder, tag);
  if (scan.bodyStart < 0) scan.bodyStart = start;
  if (tag === Tag.checkSum) scan.bodyEnd = start;
  else if (twice) {
    scan.duplicates ??= [];
    scan.duplicates.push(tag);
  }
}

/** A SequenceReset that sets the number may carry any, 0 too. */
function sequenceNumber(scan: Scan, least: number): number {
  const at = findIn(scan.fields, Tag.msgSeqNum);
  if (at < 0) return -1;
  const number = wholeNumber(scan.bytes, scan.fields[at + 1]!, scan.fields[at + 2]!);
  if (number >= least && number <= SEQUENCE_MAX) return number;
  report(scan, RejectReason.dataFormatIncorrect, Tag.msgSeqNum);
  return -1;
}

/** The number that 1 to 15 digits spell, or -1. */
function wholeNumber(bytes: Uint8Array, start: number, end: number): number {
  if (end === start || end - start > 15) return -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function report(scan: Scan, reason: RejectReason, tag: number | undefined): void {
  scan.problem ??= { reason, tag };
}

function nextMark(): void {
  if (++mark <= 0xffff_ffff) return;
  seenIn.fill(0);
  mark = 1;
}
