/** CRC-32C (Castagnoli), eight bytes a step: the checksum of everything the log writes. */

export type Crc32c = {
  /** Takes in bytes `start` up to, but not including, `end`. */
  update(bytes: Uint8Array, start: number, end: number): void;
  /** The checksum (u32) of all bytes since the last `finish`; the next update begins afresh. */
  finish(): number;
};

const POLYNOMIAL_REVERSED = 0x82f63b78;
const SLICES = 8;
const TABLES = sliceTables();

/** A checksum over one or more stretches of bytes, reusable without allocation. */
export function createCrc32c(): Crc32c {
  let state = -1;
  return {
    update(bytes, start, end) {
      const table = TABLES;
      let crc = state;
      let at = start;
      for (; at + SLICES <= end; at += SLICES) {
        crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
        crc =
          table[1792 + (crc & 255)]! ^
          table[1536 + ((crc >>> 8) & 255)]! ^
          table[1280 + ((crc >>> 16) & 255)]! ^
          table[1024 + (crc >>> 24)]! ^
          table[768 + bytes[at + 4]!]! ^
          table[512 + bytes[at + 5]!]! ^
          table[256 + bytes[at + 6]!]! ^
          table[bytes[at + 7]!]!;
      }
      for (; at < end; at++) crc = (crc >>> 8) ^ table[(crc ^ bytes[at]!) & 255]!;
      state = crc;
    },
    finish() {
      const checksum = ~state >>> 0;
      state = -1;
      return checksum;
    },
  };
}

/** Table k (entries 256 k to 256 k + 255) advances a byte past k further bytes. */
function sliceTables(): Int32Array {
  const tables = new Int32Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) {
      crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL_REVERSED : crc >>> 1;
    }
    tables[byte] = crc;
  }
  for (let entry = 256; entry < tables.length; entry++) {
    const crc = tables[entry - 256]!;
    tables[entry] = (crc >>> 8) ^ tables[crc & 255]!;
  }
  return tables;
}
