/** The codecs of batches; what comes out of one is bounded before it is made. */

import zlib from 'node:zlib';
import { compressionsAlgorithms } from '@platformatic/kafka';
import { OutriderError } from '../../error.ts';
import type { Compression } from '../producer.ts';
import { lz4Bytes, snappyBytes } from './unpacked-bytes.ts';

/** By the number in a batch's attributes. */
export const COMPRESSIONS: readonly Compression[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

/** A batch of the largest fetch, unpacked; more is taken for a bomb. */
export const UNPACKED_BYTES_MAX = 64 * 1024 * 1024;

export function compress(compression: Compression, bytes: Buffer): Buffer {
  return compressionsAlgorithms[compression].compressSync(bytes);
}

/** Throws `limit` where more than UNPACKED_BYTES_MAX would come out, `bad-data` for garbage. */
export function decompress(compression: Compression, bytes: Buffer): Buffer {
  try {
    switch (compression) {
      case 'none':
        return bytes;
      case 'gzip':
        return zlib.gunzipSync(bytes, { maxOutputLength: UNPACKED_BYTES_MAX });
      case 'zstd':
        return zlib.zstdDecompressSync(bytes, { maxOutputLength: UNPACKED_BYTES_MAX });
      case 'snappy':
        return bounded(compression, bytes, snappyBytes(bytes));
      case 'lz4':
        return bounded(compression, bytes, lz4Bytes(bytes));
    }
  } catch (cause) {
    if (cause instanceof OutriderError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(compression, bytes.length);
    throw new OutriderError('bad-data', `${compression}: ${message}`, { cause });
  }
}

function bounded(compression: 'snappy' | 'lz4', bytes: Buffer, unpackedBytes: number): Buffer {
  if (unpackedBytes > UNPACKED_BYTES_MAX) throw tooLarge(compression, bytes.length);
  return compressionsAlgorithms[compression].decompressSync(bytes);
}

function tooLarge(compression: Compression, bytes: number): OutriderError {
  const message = `${bytes} bytes of ${compression} unpack to more than ${UNPACKED_BYTES_MAX}`;
  return new OutriderError('limit', message);
}
