/** Username and Password of a FIX session, in a JSON file that others need not read. */
import { closeSync, openSync, readSync } from 'node:fs';
import { z } from 'zod';
import { OutriderError } from '#engine';

const BYTES_MAX = 4096;

const value = z.string().regex(/^[\x20-\x7e]{1,256}$/);
const credentialsSchema = z.strictObject({ Username: value, Password: value });

export type CredentialsFile = z.output<typeof credentialsSchema>;

/** Throws `bad-config` naming the file and the remedy; nothing of its content is ever shown. */
export function readCredentialsFile(path: string): CredentialsFile {
  const file = credentialsSchema.safeParse(parsed(path));
  if (file.success) return file.data;
  const remedy =
    'give {"Username": ..., "Password": ...}, each 1 to 256 printable ASCII characters';
  throw new OutriderError('bad-config', `${path}: ${remedy}`);
}

function parsed(path: string): unknown {
  const text = readText(path);
  try {
    return JSON.parse(text);
  } catch {
    throw new OutriderError('bad-config', `${path}: no JSON; give a JSON file`);
  }
}

function readText(path: string): string {
  const bytes = Buffer.alloc(BYTES_MAX + 1);
  const length = readStart(path, bytes);
  if (length <= BYTES_MAX) return bytes.toString('utf8', 0, length);
  const message = `${path}: more than ${BYTES_MAX} bytes; is it the right file?`;
  throw new OutriderError('bad-config', message);
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
