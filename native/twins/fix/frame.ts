/** Where the next FIX message lies among bytes: the twin of `crates/core/src/fix/frame`. */

import type { FrameScanBuffers, ScanFrame } from '../../fix-scan-kernels.ts';
import { FRAME, FRAME_KINDS, type GARBAGE, MESSAGE_BYTES_MAX } from '../../frame-scan-layout.ts';

type Garbage = keyof typeof GARBAGE;

const NOISE: Garbage = 2;
const BAD_BODY_LENGTH: Garbage = 3;
const BAD_CHECK_SUM: Garbage = 4;
const TOO_LONG: Garbage = 5;
const WRONG_BEGIN_STRING: Garbage = 6;

const SOH = 1;
const ZERO = 48;
const NINE = 57;
const EQUALS = 61;
const START = Buffer.from('8=FIX', 'latin1');
const BEGIN_STRING = Buffer.from('8=FIX.4.4\u0001', 'latin1');
/** `8=`, sixteen characters and a delimiter: no version's name is longer. */
const BEGIN_STRING_BYTES_MAX = 19;
const LENGTH_DIGITS_MAX = 6;
const TRAILER_BYTES = 7;

/** See `FixScanKernels.bindFrameScan`. */
export function bindFrameScan({ bytes, frame }: FrameScanBuffers): ScanFrame {
  return () => {
    const end = frame[FRAME.end]!;
    const at = findStart(bytes, frame[FRAME.start]!, end);
    frame[FRAME.at] = at;
    // Only the first byte is surely no beginning: whatever follows may hold a message.
    frame[FRAME.bytes] = 1;
    frame[FRAME.claimed] = 0;
    return end - at < START.length ? FRAME_KINDS.wait : kindAt(bytes, frame);
  };
}

/** The next `8=FIX`, or the place from which the bytes at hand may still become one. */
function findStart(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    let matched = 0;
    while (matched < START.length && at + matched < end) {
      if (bytes[at + matched] !== START[matched]) break;
      matched++;
    }
    if (matched === START.length || at + matched === end) return at;
  }
  return end;
}

/**
 *     8=FIX.4.4|9=123|35=...|10=042|
 *     '- start   '-length of all between its delimiter and `10=`
 */
function kindAt(bytes: Uint8Array, frame: Int32Array): number {
  const end = frame[FRAME.end]!;
  const start = frame[FRAME.at]!;
  const versionEnd = delimiter(bytes, start, Math.min(end, start + BEGIN_STRING_BYTES_MAX));
  if (versionEnd < 0) return end - start < BEGIN_STRING_BYTES_MAX ? FRAME_KINDS.wait : NOISE;
  let at = versionEnd + 1;
  if (at < end && bytes[at] !== NINE) return BAD_BODY_LENGTH;
  if (at + 1 < end && bytes[at + 1] !== EQUALS) return BAD_BODY_LENGTH;
  at += 2;
  if (at >= end) return FRAME_KINDS.wait;
  const digitsStart = at;
  let length = 0;
  for (; at < end && bytes[at] !== SOH; at++) {
    const digit = bytes[at]! - ZERO;
    if (!(digit >= 0 && digit <= 9)) return BAD_BODY_LENGTH;
    if (at - digitsStart >= LENGTH_DIGITS_MAX) return TOO_LONG;
    length = length * 10 + digit;
  }
  if (at >= end) return FRAME_KINDS.wait;
  if (length === 0) return BAD_BODY_LENGTH;
  const bodyEnd = at + 1 + length;
  if (bodyEnd + TRAILER_BYTES - start > MESSAGE_BYTES_MAX) return TOO_LONG;
  if (bodyEnd + TRAILER_BYTES > end) return FRAME_KINDS.wait;
  return closedKind(bytes, bodyEnd, frame);
}

/** All bytes are there: what the end of the frame says about it. */
function closedKind(bytes: Uint8Array, bodyEnd: number, frame: Int32Array): number {
  const start = frame[FRAME.at]!;
  const said = saidChecksum(bytes, bodyEnd);
  if (said < 0) {
    frame[FRAME.claimed] = bodyEnd + 1 - start;
    return BAD_BODY_LENGTH;
  }
  frame[FRAME.bytes] = bodyEnd + TRAILER_BYTES - start;
  let sum = 0;
  for (let at = start; at < bodyEnd; at++) sum += bytes[at]!;
  if ((sum & 255) !== said) return BAD_CHECK_SUM;
  for (let index = 0; index < BEGIN_STRING.length; index++) {
    if (bytes[start + index] !== BEGIN_STRING[index]) return WRONG_BEGIN_STRING;
  }
  return FRAME_KINDS.message;
}

/** The three digits of a well-formed trailer after a delimiter, or -1. */
function saidChecksum(bytes: Uint8Array, at: number): number {
  const framed =
    bytes[at - 1] === SOH &&
    bytes[at] === ZERO + 1 &&
    bytes[at + 1] === ZERO &&
    bytes[at + 2] === EQUALS &&
    bytes[at + 6] === SOH;
  if (!framed) return -1;
  let sum = 0;
  for (let index = at + 3; index < at + 6; index++) {
    const digit = bytes[index]! - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    sum = sum * 10 + digit;
  }
  return sum;
}

function delimiter(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) if (bytes[at] === SOH) return at;
  return -1;
}
