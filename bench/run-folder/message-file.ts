/** A file of messages in order, written in batches; a full disk never leaves half of one. */
import type { Disk } from '#engine';
import { writeAll } from './write-whole.ts';

export type MessageFile = {
  readonly path: string;
  /**
   * Takes a copy; flushes first where the buffer has no room for it.
   * Errors: `disk`, and then the message was not taken.
   */
  append(message: Uint8Array): void;
  /**
   * Writes what waits. After an error (`disk`) the file ends with the last message of the flush
   * before, and what waited still waits for the next flush.
   */
  flush(): void;
  /** Flushes and closes; closed even where that fails. */
  close(): void;
};

const BUFFER_BYTES = 256 * 1024;

export function createMessageFile(disk: Disk, path: string): MessageFile {
  const file = disk.open(path, 'create');
  const buffer = new Uint8Array(BUFFER_BYTES);
  let waiting = 0;
  let fileBytes = 0;
  let isClosed = false;

  const write = (bytes: Uint8Array) => {
    try {
      writeAll(disk, file, { bytes, position: fileBytes });
    } catch (error) {
      truncateQuietly(() => disk.truncate(file, fileBytes));
      throw error;
    }
    fileBytes += bytes.length;
  };
  const flush = () => {
    if (waiting === 0) return;
    write(buffer.subarray(0, waiting));
    waiting = 0;
  };

  return {
    path,
    flush,
    append(message) {
      if (waiting + message.length > BUFFER_BYTES) flush();
      if (message.length > BUFFER_BYTES) {
        write(message);
        return;
      }
      buffer.set(message, waiting);
      waiting += message.length;
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      try {
        flush();
      } finally {
        disk.close(file);
      }
    },
  };
}

/** The error that led here says more than one about mending its traces. */
function truncateQuietly(truncate: () => void): void {
  try {
    truncate();
  } catch {}
}
