/** Writes the fields of one message and frames them: BodyLength before, CheckSum after. */
import { OutriderError } from '#engine';
import { MESSAGE_BYTES_MAX } from '#native';
import { isDecimal } from './decimal.ts';
import { isUtcTimestamp } from './timestamp.ts';

const SOH = 1;
const EQUALS = 61;
const ZERO = 48;
const PREFIX = Buffer.from('8=FIX.4.4\u00019=', 'latin1');
const PREFIX_SUM = PREFIX.reduce((sum, byte) => sum + byte, 0);
/** Room for the prefix, five digits of length and a delimiter. */
const BODY_START = PREFIX.length + 6;
const TRAILER_BYTES = 7;
/** Three digits, `=` and a delimiter: the tags this gateway writes are below 1000. */
const TAG_BYTES_MAX = 5;
/** `tag=` of each tag as up to four bytes, the first one lowest. */
const TAG_PREFIX = new Int32Array(1_000);
const TAG_SUM = new Uint16Array(1_000);
for (let tag = 1; tag < 1_000; tag++) {
  const text = Buffer.from(`${tag}=`, 'latin1');
  for (const [index, byte] of text.entries()) {
    TAG_PREFIX[tag]! |= byte << (8 * index);
    TAG_SUM[tag]! += byte;
  }
}

/**
 *      0            BODY_START                     end
 *      |  8=FIX.4.4|9=123|  35=D|34=2|...|60=...|  10=042|
 *      '- written last, right-aligned, when the length is known
 *
 * The sum of the bytes is kept while they are written. One writer serves one message at a time.
 */
export class FieldWriter {
  private readonly bytes = Buffer.alloc(MESSAGE_BYTES_MAX);
  private end = BODY_START;
  private sum = 0;
  /** Checked last: header and body usually carry the same one. */
  private knownTimestamp = '';
  /** The same of decimals: quantities and prices come in pairs. */
  private knownDecimal = '';

  start(): void {
    this.end = BODY_START;
    this.sum = 0;
  }

  /** Throws `bad-data` for an empty value, a delimiter in it, or characters beyond Latin-1. */
  text(tag: number, value: string): void {
    const length = value.length;
    this.reserve(tag, length);
    if (length === 0) throw badValue(tag, value, 'is empty; leave the field out');
    const { bytes } = this;
    let at = this.tag(tag);
    let sum = this.sum + SOH;
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index);
      if (code === SOH || code > 255) throw badValue(tag, value, 'must be Latin-1 without SOH');
      bytes[at++] = code;
      sum += code;
    }
    bytes[at++] = SOH;
    this.sum = sum;
    this.end = at;
  }

  optionalText(tag: number, value: string | undefined): void {
    if (value !== undefined) this.text(tag, value);
  }

  /** Throws `bad-data` for text that is no exact decimal. */
  decimal(tag: number, value: string): void {
    if (value !== this.knownDecimal) {
      if (!isDecimal(value)) throw badValue(tag, value, 'must be a decimal such as 1.38700');
      this.knownDecimal = value;
    }
    this.text(tag, value);
  }

  optionalDecimal(tag: number, value: string | undefined): void {
    if (value !== undefined) this.decimal(tag, value);
  }

  /** Throws `bad-data` for text that is no UTCTimestamp. */
  timestamp(tag: number, value: string): void {
    if (value !== this.knownTimestamp) {
      if (!isUtcTimestamp(value)) throw badValue(tag, value, 'must be YYYYMMDD-HH:MM:SS.sss');
      this.knownTimestamp = value;
    }
    this.text(tag, value);
  }

  optionalTimestamp(tag: number, value: string | undefined): void {
    if (value !== undefined) this.timestamp(tag, value);
  }

  /** A whole number from 0 on; throws `bad-data` for anything else. */
  integer(tag: number, value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw badValue(tag, value, 'must be a whole number from 0 on');
    }
    if (value < 10) this.text(tag, DIGITS[value]!);
    else this.text(tag, String(value));
  }

  optionalInteger(tag: number, value: number | undefined): void {
    if (value !== undefined) this.integer(tag, value);
  }

  flag(tag: number, value: boolean): void {
    this.text(tag, value ? 'Y' : 'N');
  }

  /** Fields as they stand in another message, delimiters included. */
  raw(source: Uint8Array, start: number, end: number): void {
    this.reserve(0, end - start);
    const { bytes } = this;
    let at = this.end;
    let sum = this.sum;
    for (let from = start; from < end; from++) {
      const byte = source[from]!;
      bytes[at++] = byte;
      sum += byte;
    }
    this.sum = sum;
    this.end = at;
  }

  /** The framed message, in memory of its own. */
  finish(): Buffer {
    const { bytes } = this;
    const length = String(this.end - BODY_START);
    let sum = this.sum + PREFIX_SUM + SOH;
    let at = BODY_START - 1;
    bytes[at] = SOH;
    for (let index = length.length - 1; index >= 0; index--) {
      const code = length.charCodeAt(index);
      bytes[--at] = code;
      sum += code;
    }
    at -= PREFIX.length;
    for (let index = 0; index < PREFIX.length; index++) bytes[at + index] = PREFIX[index]!;
    this.trailer(sum & 255);
    const message = Buffer.allocUnsafe(this.end - at);
    message.set(bytes.subarray(at, this.end));
    return message;
  }

  private trailer(checksum: number): void {
    const { bytes } = this;
    let at = this.end;
    bytes[at++] = ZERO + 1;
    bytes[at++] = ZERO;
    bytes[at++] = EQUALS;
    bytes[at++] = ZERO + Math.trunc(checksum / 100);
    bytes[at++] = ZERO + (Math.trunc(checksum / 10) % 10);
    bytes[at++] = ZERO + (checksum % 10);
    bytes[at++] = SOH;
    this.end = at;
  }

  /** Writes `tag=` and gives the place after it. */
  private tag(tag: number): number {
    const { bytes, end } = this;
    const packed = TAG_PREFIX[tag]!;
    bytes[end] = packed;
    bytes[end + 1] = packed >> 8;
    bytes[end + 2] = packed >> 16;
    bytes[end + 3] = packed >> 24;
    this.sum += TAG_SUM[tag]!;
    return end + (tag < 10 ? 2 : tag < 100 ? 3 : 4);
  }

  private reserve(tag: number, valueBytes: number): void {
    if (this.end + valueBytes + TAG_BYTES_MAX + TRAILER_BYTES <= MESSAGE_BYTES_MAX) return;
    throw new OutriderError(
      'limit',
      `FIX field ${tag}: the message would pass ${MESSAGE_BYTES_MAX} bytes; shorten its texts`,
    );
  }
}

const DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

function badValue(tag: number, value: string | number, remedy: string): OutriderError {
  return new OutriderError('bad-data', `FIX field ${tag}: ${JSON.stringify(value)} ${remedy}`);
}
