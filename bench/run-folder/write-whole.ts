/** Writes a file whole or not at all: under another name first, then renamed. */
import { type Disk, type DiskFile, diskError } from '#engine';

/** A reader finds the old file or the new one. Errors: `disk`, and then the old one stands. */
export function writeWhole(disk: Disk, path: string, text: string): void {
  const partial = `${path}.partial`;
  const file = disk.open(partial, 'create');
  try {
    writeAll(disk, file, { bytes: Buffer.from(text, 'utf8'), position: 0 });
    disk.fdatasync(file);
  } finally {
    disk.close(file);
  }
  disk.rename(partial, path);
}

/** All of the bytes, however few a write takes. Errors: `disk`, also where one takes none. */
export function writeAll(
  disk: Disk,
  file: DiskFile,
  { bytes, position }: { bytes: Uint8Array; position: number },
): void {
  let written = 0;
  while (written < bytes.length) {
    const count = disk.write(file, bytes.subarray(written), position + written);
    if (count === 0) throw diskError('write', file.path, new Error('no byte was taken'));
    written += count;
  }
}
