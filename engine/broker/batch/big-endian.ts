/** Big-endian integers as numbers, without a DataView or a BigInt. */

const WORD = 2 ** 32;

export function readU32(bytes: Uint8Array, at: number): number {
  return bytes[at]! * 0x1000000 + ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!);
}

export function readI32(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at) | 0;
}

export function readI16(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16)) >> 16;
}

/** Exact for safe integers; offsets, times and ids are. */
export function readI64(bytes: Uint8Array, at: number): number {
  return readI32(bytes, at) * WORD + readU32(bytes, at + 4);
}

export function writeI16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 8;
  bytes[at + 1] = value;
}

export function writeI32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 24;
  bytes[at + 1] = value >> 16;
  bytes[at + 2] = value >> 8;
  bytes[at + 3] = value;
}

export function writeI64(bytes: Uint8Array, at: number, value: number): void {
  const high = Math.floor(value / WORD);
  writeI32(bytes, at, high);
  writeI32(bytes, at + 4, value - high * WORD);
}
