/**
 * Messages of Protocol Buffers, field by field over the bytes of a file: nothing is copied.
 *
 *   message  field, field, ...
 *   field    key (varint: number * 8 + wire), then by wire
 *              0  varint            7 bits a byte, the lowest first, at most 10 bytes
 *              1  8 bytes
 *              2  length (varint), bytes
 *              5  4 bytes
 */

export type Wire = 'varint' | 'fixed64' | 'bytes' | 'fixed32';

export type Field = {
  readonly number: number;
  readonly wire: Wire;
  /** Of a varint; inexact beyond 2^53, and a negative one is near 2^64. Else 0. */
  readonly value: number;
  /** A view of what the field holds; of a varint, the varint itself. */
  readonly bytes: Uint8Array;
};

/** Ends the reading with what is wrong. */
export type Bad = (what: string) => never;

/** By their code in a key; groups (3, 4) have not been written for twenty years. */
const WIRES: Readonly<Record<number, Wire>> = {
  0: 'varint',
  1: 'fixed64',
  2: 'bytes',
  5: 'fixed32',
};
const VARINT_BYTES_MAX = 10;
const FIELD_NUMBER_MAX = 2 ** 29 - 1;

/** Each field of a message in turn; whatever is no field ends in `bad`. */
export function* fieldsOf(message: Uint8Array, bad: Bad): Generator<Field> {
  let at = 0;
  while (at < message.length) {
    const key = readVarint(message, at, bad);
    const number = Math.floor(key.value / 8);
    const wire = WIRES[key.value % 8];
    if (wire === undefined || number < 1 || number > FIELD_NUMBER_MAX) {
      return bad(`byte ${at} of ${message.length} begins no field (key ${key.value})`);
    }
    const first = key.end;
    const { begin, end, value } = extentOf(message, { wire, first }, bad);
    if (end > message.length) {
      return bad(`field ${number} ends ${end - message.length} bytes beyond its message`);
    }
    yield { number, wire, value, bytes: message.subarray(begin, end) };
    at = end;
  }
}

function extentOf(
  message: Uint8Array,
  { wire, first }: { wire: Wire; first: number },
  bad: Bad,
): { begin: number; end: number; value: number } {
  switch (wire) {
    case 'varint': {
      const { value, end } = readVarint(message, first, bad);
      return { begin: first, end, value };
    }
    case 'fixed64':
      return { begin: first, end: first + 8, value: 0 };
    case 'fixed32':
      return { begin: first, end: first + 4, value: 0 };
    case 'bytes': {
      const length = readVarint(message, first, bad);
      return { begin: length.end, end: length.end + length.value, value: 0 };
    }
  }
}

function readVarint(message: Uint8Array, first: number, bad: Bad): { value: number; end: number } {
  let value = 0;
  for (let at = first; at < first + VARINT_BYTES_MAX; at++) {
    const byte = message[at];
    if (byte === undefined) return bad(`a number is cut off at byte ${at}`);
    value += (byte & 0x7f) * 2 ** (7 * (at - first));
    if (byte < 0x80) return { value, end: at + 1 };
  }
  return bad(`a number at byte ${first} is longer than ${VARINT_BYTES_MAX} bytes`);
}

/** Numbers of a packed field: a varint ends with the byte that has its high bit clear. */
export function countVarints(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte < 0x80) count++;
  return count;
}

/** The number of a field that holds one, exactly. */
export function wholeNumber(field: Field, name: string, bad: Bad): number {
  const isWhole = field.wire === 'varint' && Number.isSafeInteger(field.value);
  return isWhole ? field.value : bad(`${name} is no number of at most 53 bits`);
}

/** The text of a field that holds one, of at most so many bytes. */
export function textOf(
  field: Field,
  { name, bytesMax = 256 }: { name: string; bytesMax?: number },
  bad: Bad,
): string {
  const { length } = field.bytes;
  if (field.wire !== 'bytes' || length > bytesMax) {
    return bad(`${name} is no text of at most ${bytesMax} bytes (${length})`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(field.bytes);
  } catch {
    return bad(`${name} is no text in UTF-8`);
  }
}
