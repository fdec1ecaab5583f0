/** A file of a model, whose size and hash are checked before a byte of it is parsed. */
import { hash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { OutriderError } from '#engine';

/** What the manifest says of a file. */
export type FileEntry = { bytes: number; sha256: string };

/** Throws `bad-model` naming the file, what was found and what the manifest says. */
export function readChecked(
  path: string,
  { bytes: expected, sha256: listed }: FileEntry,
): Uint8Array {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size !== expected) {
    const found = size === undefined ? 'is missing' : `has ${size} bytes`;
    throw new OutriderError(
      'bad-model',
      `${path}: ${found}, the manifest says ${expected}; restore the file or train it again`,
    );
  }
  const bytes = readFileSync(path);
  const sha256 = hash('sha256', bytes);
  if (sha256 !== listed) {
    throw new OutriderError(
      'bad-model',
      `${path}: sha256 is ${sha256}, the manifest says ${listed}; restore the file`,
    );
  }
  return bytes;
}
