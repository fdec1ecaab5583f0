/** Username and Password of a FIX session, in a JSON file that others need not read. */
import { z } from 'zod';
import { OutriderError } from '#engine';
import { readJsonOption } from './option-file.ts';

const BYTES_MAX = 4096;

const value = z.string().regex(/^[\x20-\x7e]{1,256}$/);
const credentialsSchema = z.strictObject({ Username: value, Password: value });

export type CredentialsFile = z.output<typeof credentialsSchema>;

/** Throws `bad-config` naming the file and the remedy; nothing of its content is ever shown. */
export function readCredentialsFile(path: string): CredentialsFile {
  const file = credentialsSchema.safeParse(readJsonOption(path, BYTES_MAX));
  if (file.success) return file.data;
  const remedy =
    'give {"Username": ..., "Password": ...}, each 1 to 256 printable ASCII characters';
  throw new OutriderError('bad-config', `${path}: ${remedy}`);
}
