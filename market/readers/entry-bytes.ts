/** Streams the content of a zip entry or a gzip file; of a damaged one what is before it. */
import { createReadStream } from 'node:fs';
import { finished } from 'node:stream';
import { crc32, createGunzip, createInflateRaw, type Gunzip, type InflateRaw } from 'node:zlib';
import { OutriderError } from '#engine';
import type { ZipEntry } from './zip-entries.ts';

/** Compressed bytes inflated at a time; a byte inflates to at most 1,032, so this bounds memory. */
const SLICE_BYTES = 16 * 1024;

/** @throws OutriderError `bad-data` where the bytes end early or are not what was packed. */
export async function* entryBytes(entry: ZipEntry): AsyncGenerator<Buffer> {
  if (entry.compressedBytes === 0) return;
  const end = entry.dataStart + entry.compressedBytes - 1;
  const packed = createReadStream(entry.zipPath, { start: entry.dataStart, end });
  let checksum = 0;
  try {
    for await (const chunk of entry.method === 0 ? packed : inflate(packed, createInflateRaw())) {
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
  } catch (error) {
    throw damaged(error instanceof Error ? error.message : String(error));
  }
  if (entry.crc32 !== undefined && checksum !== entry.crc32) {
    throw damaged('its checksum does not match');
  }
}

/** What a gzip file holds; @throws OutriderError `bad-data` where it ends early or is damaged. */
export async function* gzipBytes(path: string): AsyncGenerator<Buffer> {
  try {
    yield* inflate(createReadStream(path), createGunzip());
  } catch (error) {
    throw damaged(error instanceof Error ? error.message : String(error));
  }
}

/**
 * Waits for each slice before it gives the next, so what comes out before an error depends on the
 * bytes alone (piped streams drop what they hold when one of them fails).
 */
async function* inflate(
  packed: AsyncIterable<Buffer>,
  inflater: InflateRaw | Gunzip,
): AsyncGenerator<Buffer> {
  let out: Buffer[] = [];
  let over = false;
  let failure: Error | undefined;
  let wake = () => {};
  inflater.on('data', chunk => out.push(chunk));
  inflater.on('error', error => {
    failure = error;
  });
  // A write that fails never calls back, so the end of the stream has to wake its waiter too.
  finished(inflater, { writable: false }, () => {
    over = true;
    wake();
  });
  try {
    for await (const chunk of packed) {
      for (let at = 0; at < chunk.length && !over; at += SLICE_BYTES) {
        const slice = chunk.subarray(at, at + SLICE_BYTES);
        await new Promise<void>(resolve => {
          wake = resolve;
          inflater.write(slice, () => resolve());
        });
        yield* out;
        out = [];
      }
      if (over) break;
    }
    if (!over) {
      await new Promise<void>(resolve => {
        wake = resolve;
        inflater.end();
      });
    }
    yield* out;
    if (failure) throw failure;
  } finally {
    inflater.destroy();
  }
}

function damaged(reason: string): OutriderError {
  return new OutriderError('bad-data', `the packed bytes are damaged (${reason})`);
}
