/** CRC-32C: without these tests, damaged records could pass as whole, or whole ones as damaged. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCrc32c } from './crc32c.ts';

const crc = createCrc32c();

function checksum(bytes: Uint8Array): number {
  crc.update(bytes, 0, bytes.length);
  return crc.finish();
}

function bitByBit(bytes: Uint8Array): number {
  let state = 0xffffffff;
  for (const byte of bytes) {
    state ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      state = state & 1 ? (state >>> 1) ^ 0x82f63b78 : state >>> 1;
    }
  }
  return ~state >>> 0;
}

describe('crc32c', () => {
  it('gives the published answers, or logs would be unreadable to every other tool', () => {
    expect(checksum(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(checksum(Buffer.alloc(0))).toBe(0);
    // RFC 3720 (iSCSI), B.4.
    expect(checksum(Buffer.alloc(32))).toBe(0x8a9136aa);
    expect(checksum(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43);
    expect(checksum(Buffer.from(Array.from({ length: 32 }, (_, i) => i)))).toBe(0x46dd794e);
    expect(checksum(Buffer.from(Array.from({ length: 32 }, (_, i) => 31 - i)))).toBe(0x113fdb5c);
  });

  it('agrees with the definition at every length, alignment and cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(70), fc.nat(9), (bytes, cut, shift) => {
        const middle = Math.min(cut, bytes.length);
        const shifted = new Uint8Array(bytes.length + shift);
        shifted.set(bytes, shift);
        crc.update(shifted, shift, shift + middle);
        crc.update(shifted, shift + middle, shifted.length);
        expect(crc.finish()).toBe(bitByBit(bytes));
      }),
    );
  });
});
