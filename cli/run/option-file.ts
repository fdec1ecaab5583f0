/** Files that options and settings name: read up to a bound, and told apart from their content. */
import { closeSync, openSync, readSync } from 'node:fs';
import { OutriderError } from '#engine';

/** Throws `bad-config` naming the file where it cannot be read or holds more than `bytesMax`. */
export function readOptionFile(path: string, bytesMax: number): string {
  const bytes = Buffer.alloc(bytesMax + 1);
  const length = readStart(path, bytes);
  if (length <= bytesMax) return bytes.toString('utf8', 0, length);
  const message = `${path}: more than ${bytesMax} bytes; is it the right file?`;
  throw new OutriderError('bad-config', message);
}

/** As `readOptionFile`; what does not parse is not shown: it may be a password. */
export function readJsonOption(path: string, bytesMax: number): unknown {
  const text = readOptionFile(path, bytesMax);
  try {
    return JSON.parse(text);
  } catch {
    throw new OutriderError('bad-config', `${path}: no JSON; give a JSON file`);
  }
}

/** As much of a file as there is room for. */
function readStart(path: string, bytes: Buffer): number {
  try {
    const file = openSync(path, 'r');
    try {
      return readSync(file, bytes, 0, bytes.length, null);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw new OutriderError('bad-config', `${path}: ${(cause as Error).message}`, { cause });
  }
}
