/** Numbers as eight bytes whose order is the numbers', written without a view made for each. */

/** Added to integers, so that those below zero come first: bytes have no sign. */
const OFFSET_HIGH = 2 ** 21;
const TWO_32 = 2 ** 32;

const floats = new Float64Array(1);
const floatWords = new Uint32Array(floats.buffer);
/** Of the two words of a float the one with the sign; machines differ in it. */
const HIGH_WORD = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** A safe integer: value + 2^53 as two words. */
export function writeInteger(target: Uint8Array, at: number, value: number): void {
  // Adding 2^53 before dividing would round.
  const high = Math.floor(value / TWO_32);
  writeWord(target, at, high + OFFSET_HIGH);
  writeWord(target, at + 4, value - high * TWO_32);
}

/** May be beyond 2^53 - 1 where the bytes are no integer's. */
export function readInteger(source: Uint8Array, at: number): number {
  return (readWord(source, at) - OFFSET_HIGH) * TWO_32 + readWord(source, at + 4);
}

/** IEEE 754. */
export function writeFloat(target: Uint8Array, at: number, value: number): void {
  floats[0] = value;
  writeWord(target, at, floatWords[HIGH_WORD]!);
  writeWord(target, at + 4, floatWords[1 - HIGH_WORD]!);
}

export function readFloat(source: Uint8Array, at: number): number {
  floatWords[HIGH_WORD] = readWord(source, at);
  floatWords[1 - HIGH_WORD] = readWord(source, at + 4);
  return floats[0]!;
}

/** 32 bits without a sign. */
export function writeWord(target: Uint8Array, at: number, value: number): void {
  const word = value | 0;
  target[at] = word >>> 24;
  target[at + 1] = word >>> 16;
  target[at + 2] = word >>> 8;
  target[at + 3] = word;
}

export function readWord(source: Uint8Array, at: number): number {
  const high = (source[at]! << 24) | (source[at + 1]! << 16);
  return (high | (source[at + 2]! << 8) | source[at + 3]!) >>> 0;
}
