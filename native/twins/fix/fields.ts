/** Takes a framed FIX message apart: the twin of `crates/core/src/fix/fields`. */

import { NO_TAG, SCAN } from '../../field-scan-layout.ts';
import type { FieldScanBuffers, ScanFields } from '../../fix-scan-kernels.ts';
import { dataTagOf, isHeaderTag } from '../../fix-tags.ts';

const SOH = 1;
const EQUALS = 61;
const MINUS = 45;
const ZERO = 48;
const TAG_MAX = 65_535;
const SEQUENCE_MAX = 2_147_483_647;
const NUMBER_DIGITS_MAX = 15;
/** A repeated field of the header is wrong, but for the hops (627 to 630), which are a group. */
const FIRST_HOP = 627;
const TAG = { beginString: 8, bodyLength: 9, checkSum: 10, msgSeqNum: 34, msgType: 35 } as const;
/** MsgSeqNum, SenderCompID, SendingTime, TargetCompID: in every header. */
const REQUIRED = [34, 49, 52, 56];
/** SessionRejectReason (373). */
const REASON = {
  ...{ invalidTag: 0, requiredTagMissing: 1, tagWithoutValue: 4, dataFormatIncorrect: 6 },
  ...{ tagTwice: 13, tagOutOfOrder: 14 },
} as const;

type Scan = FieldScanBuffers & {
  length: number;
  /** Message in which a tag was last seen: a fresh mark per message instead of a fresh set. */
  readonly seenIn: Uint32Array;
  mark: number;
  /** Values in the table so far. */
  count: number;
  /** The data field that must come next and its length, after a length field. */
  dataTag: number;
  dataBytes: number;
};

/** See `FixScanKernels.bindFieldScan`. */
export function bindFieldScan(buffers: FieldScanBuffers): ScanFields {
  const seenIn = new Uint32Array(TAG_MAX + 1);
  const scan: Scan = {
    ...{ ...buffers, seenIn, length: 0, mark: 0, count: 0, dataTag: 0, dataBytes: 0 },
  };
  return length => {
    begin(scan, length);
    for (let at = 0; at < length; ) at = scanField(scan, at);
    return finish(scan);
  };
}

function begin(scan: Scan, length: number): void {
  if (++scan.mark > 0xffff_ffff) {
    scan.seenIn.fill(0);
    scan.mark = 1;
  }
  scan.length = length;
  scan.count = 0;
  scan.dataTag = 0;
  const { values } = scan;
  values.fill(-1);
  values[SCAN.duplicates] = 0;
  values[SCAN.tag] = NO_TAG;
}

/** Reads the field that begins at a place and gives the place of the next one. */
function scanField(scan: Scan, start: number): number {
  const { bytes, length, fields } = scan;
  let at = start;
  let tag = 0;
  for (; at < length; at++) {
    const digit = bytes[at]! - ZERO;
    if (!(digit >= 0 && digit <= 9)) break;
    tag = tag * 10 + digit;
  }
  const isTag = at > start && at < length && bytes[start] !== ZERO && tag <= TAG_MAX;
  if (!isTag || bytes[at] !== EQUALS) {
    report(scan, REASON.invalidTag, impossibleTag(scan, start));
    return valueEnd(scan, at) + 1;
  }
  const valueStart = at + 1;
  let end: number;
  if (scan.dataTag !== 0) {
    end = dataEnd(scan, tag, valueStart);
    scan.dataTag = 0;
  } else {
    end = valueEnd(scan, valueStart);
  }
  if (end === valueStart) report(scan, REASON.tagWithoutValue, tag);
  const dataTag = dataTagOf(tag);
  if (dataTag !== 0) {
    scan.dataTag = dataTag;
    scan.dataBytes = wholeNumber(bytes, valueStart, end);
  }
  place(scan, tag, start);
  fields[scan.count] = tag;
  fields[scan.count + 1] = valueStart;
  fields[scan.count + 2] = end;
  scan.count += 3;
  return end + 1;
}

/** A number that is no tag, such as 0 or -1, where one to nine digits and `=` spell it. */
function impossibleTag({ bytes, length }: Scan, start: number): number {
  const isNegative = bytes[start] === MINUS;
  const digitsStart = isNegative ? start + 1 : start;
  let at = digitsStart;
  let tag = 0;
  for (; at < length && at <= digitsStart + 9; at++) {
    const digit = bytes[at]! - ZERO;
    if (!(digit >= 0 && digit <= 9)) break;
    tag = tag * 10 + digit;
  }
  const digits = at - digitsStart;
  if (digits < 1 || digits > 9 || at >= length || bytes[at] !== EQUALS) return NO_TAG;
  return isNegative ? -tag : tag;
}

function valueEnd({ bytes, length }: Scan, start: number): number {
  let at = start;
  while (at < length && bytes[at] !== SOH) at++;
  return at;
}

/** A data field ends where its length says, delimiters in it or not. */
function dataEnd(scan: Scan, tag: number, start: number): number {
  const { bytes, length, dataTag, dataBytes } = scan;
  const end = start + dataBytes;
  if (tag === dataTag && dataBytes >= 0 && end < length && bytes[end] === SOH) return end;
  report(scan, REASON.dataFormatIncorrect, dataTag);
  return valueEnd(scan, start);
}

/** Header before body, CheckSum last, no header field twice. */
function place(scan: Scan, tag: number, start: number): void {
  const { values } = scan;
  const twice = scan.seenIn[tag] === scan.mark;
  scan.seenIn[tag] = scan.mark;
  if (isHeaderTag(tag)) {
    if (twice && tag < FIRST_HOP) report(scan, REASON.tagTwice, tag);
    else if (values[SCAN.bodyStart]! >= 0) report(scan, REASON.tagOutOfOrder, tag);
    return;
  }
  if (values[SCAN.bodyEnd]! >= 0) report(scan, REASON.tagOutOfOrder, tag);
  if (values[SCAN.bodyStart]! < 0) values[SCAN.bodyStart] = start;
  if (tag === TAG.checkSum) values[SCAN.bodyEnd] = start;
  else if (twice) scan.duplicates[values[SCAN.duplicates]!++] = tag;
}

function finish(scan: Scan): number {
  const { fields, values, bytes, count } = scan;
  const begins =
    count >= 9 &&
    fields[0] === TAG.beginString &&
    fields[3] === TAG.bodyLength &&
    fields[6] === TAG.msgType;
  if (!begins) return 0;
  if (values[SCAN.bodyEnd]! < 0) values[SCAN.bodyEnd] = scan.length;
  if (values[SCAN.bodyStart]! < 0) values[SCAN.bodyStart] = values[SCAN.bodyEnd]!;
  for (const tag of REQUIRED) {
    if (scan.seenIn[tag] !== scan.mark) report(scan, REASON.requiredTagMissing, tag);
  }
  const isReset = fields[8]! - fields[7]! === 1 && bytes[fields[7]!] === ZERO + 4;
  values[SCAN.sequence] = sequenceNumber(scan, isReset ? 0 : 1);
  return count;
}

/** A SequenceReset that sets the number may carry any, 0 too; -1 for one that is none. */
function sequenceNumber(scan: Scan, least: number): number {
  const { fields, count } = scan;
  let at = 0;
  while (at < count && fields[at] !== TAG.msgSeqNum) at += 3;
  if (at >= count) return -1;
  const number = wholeNumber(scan.bytes, fields[at + 1]!, fields[at + 2]!);
  if (number >= least && number <= SEQUENCE_MAX) return number;
  report(scan, REASON.dataFormatIncorrect, TAG.msgSeqNum);
  return -1;
}

/** The number that 1 to 15 digits spell, or -1. */
function wholeNumber(bytes: Uint8Array, start: number, end: number): number {
  if (end === start || end - start > NUMBER_DIGITS_MAX) return -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function report({ values }: Scan, reason: number, tag: number): void {
  if (values[SCAN.reason]! >= 0) return;
  values[SCAN.reason] = reason;
  values[SCAN.tag] = tag;
}
