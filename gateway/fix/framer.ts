/** Cuts a byte stream into FIX messages, whatever the segments, and recovers after garbage. */
import { MESSAGE_BYTES_MAX } from './field-writer.ts';

/** What a stretch of bytes that is no message was. */
export type GarbageReason =
  /** Bytes that begin no message. */
  | 'noise'
  /** BodyLength is no number, 0, or does not lead to a CheckSum field. */
  | 'bad-body-length'
  | 'bad-check-sum'
  /** Longer than MESSAGE_BYTES_MAX. */
  | 'too-long'
  /** Whole and sound, but of another FIX version. */
  | 'wrong-begin-string';

export type FramerHandler = {
  /** One framed FIX 4.4 message: its length and checksum hold; the bytes are the handler's own. */
  onMessage(bytes: Buffer): void;
  /** Called once for a stretch of garbage, as soon as it is known to be one. */
  onGarbage(reason: GarbageReason): void;
};

export type Framer = {
  push(chunk: Uint8Array): void;
  /** Forgets a half message: for the next connection. */
  reset(): void;
};

/** `claimed`: bytes that a wrong BodyLength claims, and one more. */
type Garbage = { kind: 'garbage'; reason: GarbageReason; skip: number; claimed?: number };

type Frame = { kind: 'wait' } | Garbage | { kind: 'message'; bytes: number };

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
const WAIT: Frame = { kind: 'wait' };

export type FramerOptions = {
  /**
   * Where the search goes on after a BodyLength that leads to no CheckSum: at the next byte, so
   * that no sound message is lost, or as QuickFIX does behind all that the length claims.
   */
  recovery?: 'next-byte' | 'claimed-end';
};

type Framing = {
  readonly handler: FramerHandler;
  readonly recovery: 'next-byte' | 'claimed-end';
  readonly buffer: Buffer;
  /** The bytes at hand are [start, end). */
  start: number;
  end: number;
  /** True while the bytes at hand were already reported as garbage. */
  skipping: boolean;
};

/** Holds at most one message of MESSAGE_BYTES_MAX bytes; results do not depend on the segments. */
export function createFramer(
  handler: FramerHandler,
  { recovery = 'next-byte' }: FramerOptions = {},
): Framer {
  const buffer = Buffer.alloc(MESSAGE_BYTES_MAX);
  const framing: Framing = { handler, recovery, buffer, start: 0, end: 0, skipping: false };
  return {
    push(chunk) {
      for (let from = 0; from < chunk.length; ) {
        if (framing.start > 0) {
          buffer.copyWithin(0, framing.start, framing.end);
          framing.end -= framing.start;
          framing.start = 0;
        }
        const bytes = Math.min(chunk.length - from, buffer.length - framing.end);
        buffer.set(chunk.subarray(from, from + bytes), framing.end);
        framing.end += bytes;
        from += bytes;
        drain(framing);
      }
    },
    reset() {
      framing.start = 0;
      framing.end = 0;
      framing.skipping = false;
    },
  };
}

function drain(framing: Framing): void {
  const { buffer, handler } = framing;
  while (synchronise(framing)) {
    const frame = frameAt(buffer, framing.start, framing.end);
    if (frame.kind === 'wait') break;
    if (frame.kind === 'garbage') {
      skip(framing, frame);
      continue;
    }
    framing.skipping = false;
    const message = Buffer.from(buffer.subarray(framing.start, framing.start + frame.bytes));
    framing.start += frame.bytes;
    handler.onMessage(message);
  }
}

/** Moves to the next place where a message may begin; false when more bytes are needed. */
function synchronise(framing: Framing): boolean {
  const next = findStart(framing.buffer, framing.start, framing.end);
  if (next > framing.start) reportGarbage(framing, 'noise');
  framing.start = next;
  return framing.end - framing.start >= START.length;
}

function skip(framing: Framing, { reason, skip, claimed = 0 }: Garbage): void {
  if (reason !== 'noise') framing.skipping = false;
  reportGarbage(framing, reason);
  const bytes = framing.recovery === 'claimed-end' ? Math.max(skip, claimed) : skip;
  framing.skipping = bytes === 1;
  framing.start += bytes;
}

function reportGarbage(framing: Framing, reason: GarbageReason): void {
  if (!framing.skipping) framing.handler.onGarbage(reason);
  framing.skipping = true;
}

/** The next `8=FIX`, or the place from which the bytes at hand may still become one. */
function findStart(buffer: Buffer, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    let matched = 0;
    while (matched < START.length && at + matched < end) {
      if (buffer[at + matched] !== START[matched]) break;
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
function frameAt(buffer: Buffer, start: number, end: number): Frame {
  const versionEnd = delimiter(buffer, start, Math.min(end, start + BEGIN_STRING_BYTES_MAX));
  if (versionEnd < 0) {
    return end - start < BEGIN_STRING_BYTES_MAX ? WAIT : skipOne('noise');
  }
  let at = versionEnd + 1;
  if (at < end && buffer[at] !== NINE) return skipOne('bad-body-length');
  if (at + 1 < end && buffer[at + 1] !== EQUALS) return skipOne('bad-body-length');
  at += 2;
  if (at >= end) return WAIT;
  const digitsStart = at;
  let length = 0;
  for (; at < end && buffer[at] !== SOH; at++) {
    const digit = buffer[at]! - ZERO;
    if (!(digit >= 0 && digit <= 9)) return skipOne('bad-body-length');
    if (at - digitsStart >= LENGTH_DIGITS_MAX) return skipOne('too-long');
    length = length * 10 + digit;
  }
  if (at >= end) return WAIT;
  if (length === 0) return skipOne('bad-body-length');
  const bodyEnd = at + 1 + length;
  if (bodyEnd + TRAILER_BYTES - start > MESSAGE_BYTES_MAX) return skipOne('too-long');
  if (bodyEnd + TRAILER_BYTES > end) return WAIT;
  return closedFrame(buffer, start, bodyEnd);
}

/** All bytes are there: what the end of the frame says about it. */
function closedFrame(buffer: Buffer, start: number, bodyEnd: number): Frame {
  const said = saidChecksum(buffer, bodyEnd);
  if (said < 0) return { ...skipOne('bad-body-length'), claimed: bodyEnd + 1 - start };
  const bytes = bodyEnd + TRAILER_BYTES - start;
  let sum = 0;
  for (let at = start; at < bodyEnd; at++) sum += buffer[at]!;
  if ((sum & 255) !== said) return { kind: 'garbage', reason: 'bad-check-sum', skip: bytes };
  for (let index = 0; index < BEGIN_STRING.length; index++) {
    if (buffer[start + index] === BEGIN_STRING[index]) continue;
    return { kind: 'garbage', reason: 'wrong-begin-string', skip: bytes };
  }
  return { kind: 'message', bytes };
}

/** The three digits of a well-formed trailer after a delimiter, or -1. */
function saidChecksum(buffer: Buffer, at: number): number {
  const framed =
    buffer[at - 1] === SOH &&
    buffer[at] === ZERO + 1 &&
    buffer[at + 1] === ZERO &&
    buffer[at + 2] === EQUALS &&
    buffer[at + 6] === SOH;
  if (!framed) return -1;
  let sum = 0;
  for (let index = at + 3; index < at + 6; index++) {
    const digit = buffer[index]! - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    sum = sum * 10 + digit;
  }
  return sum;
}

function delimiter(buffer: Buffer, start: number, end: number): number {
  for (let at = start; at < end; at++) if (buffer[at] === SOH) return at;
  return -1;
}

/** Only the first byte is surely no beginning: whatever follows may hold a message. */
function skipOne(reason: GarbageReason): Garbage {
  return { kind: 'garbage', reason, skip: 1 };
}
