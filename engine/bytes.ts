/** Writes and reads the fields of records and frames: little endian, bounded, buffers reused. */

import { OutriderError } from './error.ts';

export type ByteWriterOptions = {
  /** Size in bytes of the buffer at first (default 256); it doubles as needed. */
  readonly bytesInitial?: number;
  /** Size in bytes beyond which a record is refused (default 1 MiB). */
  readonly bytesMax?: number;
};

type IntegerRange = { readonly least: number; readonly most: number };

const TWO_32 = 2 ** 32;
const U8: IntegerRange = { least: 0, most: 0xff };
const U16: IntegerRange = { least: 0, most: 0xffff };
const U32: IntegerRange = { least: 0, most: TWO_32 - 1 };
const I32: IntegerRange = { least: -(2 ** 31), most: 2 ** 31 - 1 };
const SAFE: IntegerRange = { least: Number.MIN_SAFE_INTEGER, most: Number.MAX_SAFE_INTEGER };
const VARINT: IntegerRange = { least: 0, most: Number.MAX_SAFE_INTEGER };
const ZIG_ZAG: IntegerRange = { least: -(2 ** 52), most: 2 ** 52 - 1 };
const MEBIBYTE = 1024 * 1024;
const KEPT_VIEW_BYTES_MAX = 1024;
/** 2^53 - 1 has 53 bits: seven groups of seven and one of four. */
const VARINT_BYTES_MAX = 8;
/** 32 bits have five groups of seven. */
const WORD_VARINT_BYTES_MAX = 5;
const scratch = new DataView(new ArrayBuffer(8));
const scratchBytes = new Uint8Array(scratch.buffer);
const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/*
  Field          Bytes
  u8 u16 u32     1, 2, 4
  i32            4, two's complement
  safeInteger    8: low u32, then high i32; |value| <= 2^53 - 1
  f64            8, IEEE 754
  varint         1 to 8: seven bits a byte, low group first, top bit set on all but the last;
                 0 to 2^53 - 1, the shortest form only, so that a value has one encoding
  zigZag         varint of 2v (v >= 0) or -2v - 1 (v < 0); -2^52 to 2^52 - 1
  bytes, text    varint length in bytes, then the bytes (text: UTF-8)
*/

/**
 * Builds one record after another in one buffer: `reset`, the fields in order, `written`. A value
 * that does not fit its field throws `bad-usage`, a record beyond `bytesMax` throws `limit`, both
 * naming the field; the record begun is then to be thrown away by `reset`.
 */
export class ByteWriter {
  readonly #bytesMax: number;
  #buffer: Uint8Array;
  #length = 0;
  /** Views of the buffer's first bytes by their length: short records cost no new one each. */
  #views: (Uint8Array | undefined)[] = [];

  constructor(options: ByteWriterOptions = {}) {
    this.#bytesMax = options.bytesMax ?? MEBIBYTE;
    this.#buffer = new Uint8Array(Math.min(options.bytesInitial ?? 256, this.#bytesMax));
  }

  /** Bytes written since the last `reset`. */
  get length(): number {
    return this.#length;
  }

  reset(): void {
    this.#length = 0;
  }

  /** The bytes since the last `reset`, a view valid until the next field or `reset`. */
  written(): Uint8Array {
    const length = this.#length;
    if (length > KEPT_VIEW_BYTES_MAX) return this.#buffer.subarray(0, length);
    let view = this.#views[length];
    if (view === undefined) {
      view = this.#buffer.subarray(0, length);
      this.#views[length] = view;
    }
    return view;
  }

  u8(field: string, value: number): void {
    if ((value & 0xff) !== value) requireInteger(field, value, U8);
    const at = this.#extend(field, 1);
    this.#buffer[at] = value;
  }

  u16(field: string, value: number): void {
    requireInteger(field, value, U16);
    const at = this.#extend(field, 2);
    this.#buffer[at] = value;
    this.#buffer[at + 1] = value >>> 8;
  }

  u32(field: string, value: number): void {
    requireInteger(field, value, U32);
    this.#word(this.#extend(field, 4), value);
  }

  i32(field: string, value: number): void {
    requireInteger(field, value, I32);
    this.#word(this.#extend(field, 4), value);
  }

  safeInteger(field: string, value: number): void {
    requireInteger(field, value, SAFE);
    const at = this.#extend(field, 8);
    const high = Math.floor(value / TWO_32);
    this.#word(at, value - high * TWO_32);
    this.#word(at + 4, high);
  }

  f64(field: string, value: number): void {
    const at = this.#extend(field, 8);
    scratch.setFloat64(0, value, true);
    this.#buffer.set(scratchBytes, at);
  }

  varint(field: string, value: number): void {
    if (value >>> 0 === value && this.#length + WORD_VARINT_BYTES_MAX <= this.#buffer.length) {
      this.#wordVarint(value);
      return;
    }
    requireInteger(field, value, VARINT);
    let rest = value;
    while (rest >= 0x80) {
      const at = this.#extend(field, 1);
      const above = Math.floor(rest / 0x80);
      this.#buffer[at] = (rest - above * 0x80) | 0x80;
      rest = above;
    }
    const last = this.#extend(field, 1);
    this.#buffer[last] = rest;
  }

  zigZag(field: string, value: number): void {
    if (
      (value << 1) >> 1 === value &&
      this.#length + WORD_VARINT_BYTES_MAX <= this.#buffer.length
    ) {
      this.#wordVarint((value << 1) ^ (value >> 31));
      return;
    }
    requireInteger(field, value, ZIG_ZAG);
    this.varint(field, value >= 0 ? value * 2 : -value * 2 - 1);
  }

  /** At most `bytesMax` bytes, else `limit`. */
  bytes(field: string, value: Uint8Array, bytesMax: number): void {
    requireLength(field, value.length, bytesMax);
    this.varint(field, value.length);
    const at = this.#extend(field, value.length);
    this.#buffer.set(value, at);
  }

  /** At most `bytesMax` bytes of UTF-8, else `limit`; a lone surrogate is `bad-usage`. */
  text(field: string, value: string, bytesMax: number): void {
    if (!value.isWellFormed()) {
      throw new OutriderError('bad-usage', `${field} has a lone surrogate; give well-formed text`);
    }
    const bytes = Buffer.byteLength(value);
    requireLength(field, bytes, bytesMax);
    this.varint(field, bytes);
    const at = this.#extend(field, bytes);
    utf8.encodeInto(value, this.#buffer.subarray(at));
  }

  /** Of 32 bits, where the buffer has room for any: most fields are, and this is much quicker. */
  #wordVarint(value: number): void {
    const buffer = this.#buffer;
    let at = this.#length;
    let rest = value;
    for (; rest >= 0x80; rest >>>= 7) buffer[at++] = rest | 0x80;
    buffer[at++] = rest;
    this.#length = at;
  }

  #word(at: number, value: number): void {
    const buffer = this.#buffer;
    buffer[at] = value;
    buffer[at + 1] = value >>> 8;
    buffer[at + 2] = value >>> 16;
    buffer[at + 3] = value >>> 24;
  }

  /** Makes room for `bytes` more and returns where they begin. */
  #extend(field: string, bytes: number): number {
    const at = this.#length;
    const needed = at + bytes;
    if (needed > this.#buffer.length) this.#grow(field, needed);
    this.#length = needed;
    return at;
  }

  #grow(field: string, needed: number): void {
    if (needed > this.#bytesMax) {
      throw new OutriderError(
        'limit',
        `${field} ends ${needed} bytes into a record of at most ${this.#bytesMax}; ` +
          'split the record or raise bytesMax',
      );
    }
    const grown = new Uint8Array(
      Math.min(this.#bytesMax, Math.max(needed, 2 * this.#buffer.length)),
    );
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
    this.#views = [];
  }
}

/**
 * Reads fields in the order they were written: `reset` with the bytes, the fields, `end`. Whatever
 * the bytes, a field gives a value a ByteWriter could have written or throws `bad-frame` naming it.
 */
export class ByteReader {
  #bytes: Uint8Array = scratchBytes;
  #at = 0;
  #end = 0;

  /** Begins at the start of `bytes`, which must not change while they are read. */
  reset(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#at = 0;
    this.#end = bytes.length;
  }

  /** Bytes not yet read. */
  get remaining(): number {
    return this.#end - this.#at;
  }

  u8(field: string): number {
    return this.#bytes[this.#take(field, 1)]!;
  }

  u16(field: string): number {
    const at = this.#take(field, 2);
    return this.#bytes[at]! | (this.#bytes[at + 1]! << 8);
  }

  u32(field: string): number {
    return this.#word(this.#take(field, 4)) >>> 0;
  }

  i32(field: string): number {
    return this.#word(this.#take(field, 4));
  }

  safeInteger(field: string): number {
    const at = this.#take(field, 8);
    const value = this.#word(at + 4) * TWO_32 + (this.#word(at) >>> 0);
    if (!Number.isSafeInteger(value)) throw badFrame(field, `is ${value}, beyond 2^53 - 1`);
    return value;
  }

  f64(field: string): number {
    const at = this.#take(field, 8);
    for (let index = 0; index < 8; index++) scratchBytes[index] = this.#bytes[at + index]!;
    return scratch.getFloat64(0, true);
  }

  varint(field: string): number {
    let value = 0;
    let weight = 1;
    for (let count = 1; count <= VARINT_BYTES_MAX; count++) {
      const byte = this.#bytes[this.#take(field, 1)]!;
      value += (byte & 0x7f) * weight;
      weight *= 0x80;
      if (byte >= 0x80) continue;
      if (byte === 0 && count > 1) throw badFrame(field, 'is a varint longer than it need be');
      if (!Number.isSafeInteger(value)) break;
      return value;
    }
    throw badFrame(field, 'is a varint beyond 2^53 - 1');
  }

  zigZag(field: string): number {
    const value = this.varint(field);
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** A view into the bytes being read; longer than `bytesMax` is `bad-frame`. */
  bytes(field: string, bytesMax: number): Uint8Array {
    const length = this.varint(field);
    if (length > bytesMax) throw badFrame(field, `has ${length} bytes, at most ${bytesMax} may be`);
    const at = this.#take(field, length);
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + at, length);
  }

  /** Longer than `bytesMax` bytes of UTF-8, or not UTF-8, is `bad-frame`. */
  text(field: string, bytesMax: number): string {
    const bytes = this.bytes(field, bytesMax);
    try {
      return strictUtf8.decode(bytes);
    } catch {
      throw badFrame(field, 'is not UTF-8');
    }
  }

  /** Throws `bad-frame` when bytes are left over; `record` names what has been read. */
  end(record: string): void {
    if (this.#at === this.#end) return;
    throw badFrame(record, `is followed by ${this.remaining} bytes that belong to no field`);
  }

  #word(at: number): number {
    const bytes = this.#bytes;
    return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  }

  #take(field: string, bytes: number): number {
    const at = this.#at;
    if (bytes > this.#end - at) {
      throw badFrame(field, `needs ${bytes} bytes, ${this.#end - at} are left`);
    }
    this.#at = at + bytes;
    return at;
  }
}

function requireInteger(field: string, value: number, range: IntegerRange): void {
  if (Number.isSafeInteger(value) && value >= range.least && value <= range.most) return;
  throw new OutriderError(
    'bad-usage',
    `${field} is ${value}; give an integer from ${range.least} to ${range.most}`,
  );
}

function requireLength(field: string, length: number, bytesMax: number): void {
  if (length <= bytesMax) return;
  throw new OutriderError(
    'limit',
    `${field} has ${length} bytes, at most ${bytesMax} may be; shorten it`,
  );
}

function badFrame(field: string, problem: string): OutriderError {
  return new OutriderError(
    'bad-frame',
    `${field} ${problem}; the sender speaks another version, or the bytes are damaged`,
  );
}
