/** Walks a MessagePack message before it is decoded: its kinds, lengths and end, nothing kept. */

import { isUtf8 } from 'node:buffer';
import { OutriderError } from '../error.ts';

/*
  What a record may hold, by the first byte of a value (MessagePack):

  00-7f, e0-ff  small integer     80-8f map: refused      90-9f short list    a0-bf short text
  c0 null  c2 c3 flag             c4-c6 bytes             c7-c9, d4-d8 extension: refused
  ca cb float                     cc-d3 integer           d9-db text
  dc dd list                      de df map: refused      c1 is never used: refused

  40-7f, which msgpackr takes for a record, are small integers to others: refused inside a record,
  as is what would define another structure (an extension). Lists hold no lists.
*/
const FIXED_BYTES: Readonly<Record<number, number>> = {
  ...{ 192: 0, 194: 0, 195: 0, 202: 4, 203: 8 },
  ...{ 204: 1, 205: 2, 206: 4, 207: 8, 208: 1, 209: 2, 210: 4, 211: 8 },
};
const LENGTH_BYTES: Readonly<Record<number, number>> = {
  ...{ 196: 1, 197: 2, 198: 4, 217: 1, 218: 2, 219: 4, 220: 2, 221: 4 },
};
const RECORD_FIRST = 0x40;
const RECORD_LAST = 0x7f;

/**
 * Passes over `count` values from `start` on and gives where they end. Throws `bad-data` for what
 * is cut off or no plain value. The work is bounded by the bytes, whatever lengths they claim.
 */
export function endOfValues(bytes: Uint8Array, start: number, count: number): number {
  let at = start;
  for (let index = 0; index < count; index++) at = endOfValue(bytes, at, index);
  return at;
}

/** How many values stand from `start` to the end. */
export function countValues(bytes: Uint8Array, start: number): number {
  let count = 0;
  for (let at = start; at < bytes.length; count++) at = endOfValue(bytes, at, count);
  return count;
}

function endOfValue(bytes: Uint8Array, start: number, index: number): number {
  const entries = entriesAt(bytes, start, index);
  if (entries === undefined) return endOfScalar(bytes, start, index);
  let at = start + 1 + (LENGTH_BYTES[bytes[start]!] ?? 0);
  for (let entry = 0; entry < entries; entry++) {
    if (entriesAt(bytes, at, index) !== undefined) throw bad(index, 'is a list of lists');
    at = endOfScalar(bytes, at, index);
  }
  return at;
}

/** Of a list; undefined where there is another value. */
function entriesAt(bytes: Uint8Array, at: number, index: number): number | undefined {
  const first = bytes[at];
  if (first === undefined) throw bad(index, 'is cut off');
  if (first >= 0x90 && first <= 0x9f) return first & 0x0f;
  if (first !== 0xdc && first !== 0xdd) return undefined;
  const entries = lengthAt(bytes, at, index);
  // Each entry has a byte at least: a list of billions in five bytes ends here.
  if (entries > bytes.length - at) throw bad(index, `claims ${entries} entries`);
  return entries;
}

function endOfScalar(bytes: Uint8Array, at: number, index: number): number {
  const first = bytes[at];
  if (first === undefined) throw bad(index, 'is cut off');
  if (first >= RECORD_FIRST && first <= RECORD_LAST) throw bad(index, 'is a record in a record');
  if (first < RECORD_FIRST || first >= 0xe0) return at + 1;
  const fixed = FIXED_BYTES[first];
  if (fixed !== undefined) return within(bytes, at + 1 + fixed, index);
  const isShortText = first >= 0xa0 && first <= 0xbf;
  if (!isShortText && LENGTH_BYTES[first] === undefined) throw bad(index, `has kind ${first}`);
  const from = at + 1 + (LENGTH_BYTES[first] ?? 0);
  const length = isShortText ? first & 0x1f : lengthAt(bytes, at, index);
  const end = within(bytes, from + length, index);
  const isText = isShortText || first >= 0xd9;
  if (isText && !isUtf8(bytes.subarray(from, end))) throw bad(index, 'is not UTF-8');
  return end;
}

/** The length behind a first byte: one, two or four bytes, big endian. */
function lengthAt(bytes: Uint8Array, at: number, index: number): number {
  const width = LENGTH_BYTES[bytes[at]!]!;
  within(bytes, at + 1 + width, index);
  let length = 0;
  for (let byte = at + 1; byte <= at + width; byte++) length = length * 256 + bytes[byte]!;
  return length;
}

function within(bytes: Uint8Array, end: number, index: number): number {
  if (end <= bytes.length) return end;
  throw bad(index, `needs ${end - bytes.length} more bytes: it is cut off`);
}

const bad = (index: number, problem: string) =>
  new OutriderError('bad-data', `value ${index} of the record ${problem}`);
