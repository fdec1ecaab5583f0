/** Batches that unpack to gigabytes: one record of a stranger must not end a process. */
import zlib from 'node:zlib';
import { expect, it } from 'vitest';
import type { Compression } from '../producer.ts';
import { compress, decompress, UNPACKED_BYTES_MAX } from './compression.ts';

const MEBIBYTE = 1024 * 1024;

/** Each of about a megabyte at most. */
const BOMBS: Readonly<Record<Exclude<Compression, 'none'>, () => Buffer>> = {
  // Members one behind the other are one stream: 16 of 65 KB are a gigabyte.
  gzip: () => Buffer.concat(new Array(16).fill(zlib.gzipSync(Buffer.alloc(64 * MEBIBYTE)))),
  zstd: () => zlib.zstdCompressSync(Buffer.alloc(256 * MEBIBYTE)),
  // A block that begins with a length of 2 GB.
  snappy: () => Buffer.from([0xff, 0xff, 0xff, 0xff, 0x07, 0x00, 0x61]),
  lz4() {
    // One literal, then "copy it so often": each byte of 255 adds 255 to the length.
    const lengths = Buffer.alloc(MEBIBYTE, 255);
    const block = Buffer.concat([Buffer.from([0x1f, 0x61, 0x01, 0x00]), lengths, Buffer.from([0])]);
    const head = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73]);
    const size = Buffer.alloc(4);
    size.writeUInt32LE(block.length);
    return Buffer.concat([head, size, block, Buffer.alloc(4)]);
  },
};

it.each(Object.entries(BOMBS))('%s stops at the bound', (compression, make) => {
  const bomb = make();
  expect(bomb.length).toBeLessThan(1.1 * MEBIBYTE);
  const before = process.memoryUsage().rss;
  expect(() => decompress(compression as Compression, bomb)).toThrow(
    expect.objectContaining({
      code: 'limit',
      message: expect.stringMatching(new RegExp(`unpack to more than ${UNPACKED_BYTES_MAX}`)),
    }),
  );
  // Four times the bound: zlib grows what it fills by doubling.
  expect(process.memoryUsage().rss - before).toBeLessThan(4 * UNPACKED_BYTES_MAX);
});

it.each(Object.keys(BOMBS))('%s below the bound is none', compression => {
  const bytes = Buffer.alloc(4 * MEBIBYTE, 'ab');
  const packed = compress(compression as Compression, bytes);
  expect(decompress(compression as Compression, packed).equals(bytes)).toBe(true);
});
