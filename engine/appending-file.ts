/** A file that only grows: what was written to it outlives this process. */

import fs from 'node:fs';
import { createRecords } from '#native';
import { nodeDisk, tookSome, writtenBy } from './disk.ts';

export type AppendingFile = {
  /** Throws `disk` where not all of it was written. */
  write(bytes: Uint8Array): void;
  close(): void;
};

const BUFFER_BYTES = 65_536;

/** Made if missing; what is there is gone on with. One process a file. */
export function openAppendingFile(path: string): AppendingFile {
  fs.closeSync(fs.openSync(path, 'a'));
  const file = nodeDisk.open(path, 'update');
  const buffer = new Uint8Array(BUFFER_BYTES);
  const records = createRecords(buffer);
  let position = nodeDisk.sizeOf(file);
  const writeSome = (bytes: Uint8Array): number => {
    if (records === undefined) return tookSome(path, nodeDisk.write(file, bytes, position));
    const end = Math.min(bytes.length, BUFFER_BYTES);
    buffer.set(end === bytes.length ? bytes : bytes.subarray(0, end));
    return writtenBy(path, records, { descriptor: file.descriptor, start: 0, end, position });
  };
  return {
    write(bytes) {
      for (let from = 0; from < bytes.length; ) {
        const written = writeSome(from === 0 ? bytes : bytes.subarray(from));
        from += written;
        position += written;
      }
    },
    close: () => nodeDisk.close(file),
  };
}
