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

type Frame =
  | { kind: 'wait' }
  | { kind: 'garbage'; reason: GarbageReason; skip: number }
  | { kind: 'message'; bytes: number };

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

/** Holds at most one message of MESSAGE_BYTES_MAX bytes; results do not depend on the segments. */
export function createFramer(handler: FramerHandler): Framer {
  const buffer = Buffer.alloc(MESSAGE_BYTES_MAX);
  let start = 0;
  let end = 0;
  /** True while the bytes at hand were already reported as garbage. */
  let skipping = false;

  const garbage = (reason: GarbageReason) => {
    if (!skipping) handler.onGarbage(reason);
    skipping = true;
  };

  /** Moves to the next place where a message may begin; false when more bytes are needed. */
  const synchronise = (): boolean => {
    const next = findStart(buffer, start, end);
    if (next > start) garbage('noise');
    start = next;
    return end - start >= START.length;
  };

  const drain = () => {
    while (synchronise()) {
      const frame = frameAt(buffer, start, end);
      if (frame.kind === 'wait') break;
      if (frame.kind === 'message') {
        skipping = false;
        const message = Buffer.from(buffer.subarray(start, start + frame.bytes));
        start += frame.bytes;
        handler.onMessage(message);
        continue;
      }
      if (frame.reason !== 'noise') skipping = false;
      garbage(frame.reason);
      skipping = frame.skip === 1;
      start += frame.skip;
    }
  };

  return {
    push(chunk) {
      for (let from = 0; from < chunk.length; ) {
        if (start > 0) {
          buffer.copyWithin(0, start, end);
          end -= start;
          start = 0;
        }
        const bytes = Math.min(chunk.length - from, buffer.length - end);
        buffer.set(chunk.subarray(from, from + bytes), end);
        end += bytes;
        from += bytes;
        drain();
      }
    },
    reset() {
      start = 0;
      end = 0;
      skipping = false;
    },
  };
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
  if (said < 0) return skipOne('bad-body-length');
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
function skipOne(reason: GarbageReason): Frame {
  return { kind: 'garbage', reason, skip: 1 };
}
