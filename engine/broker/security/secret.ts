/** Secrets from files or the environment, read again at each use, and known so as to be masked. */

import { readFileSync, statSync } from 'node:fs';
import { OutriderError } from '../../error.ts';

/** A file whose text is the secret (a newline at its end is none of it), or a variable's name. */
export type SecretSource = { readonly file: string } | { readonly environment: string };

const BYTES_MAX = 64 * 1024;
/** A rotation a minute for a day; older ones are of no use to whoever reads them. */
const KNOWN_MAX = 1_440;
const known = new Set<string>();

/**
 * The secret as it is now: a file that was replaced counts from the next authentication on. Throws
 * `bad-config` naming `what` and the source, never the content.
 */
export function readSecret(what: string, source: SecretSource): string {
  const [text, place] = 'file' in source ? fromFile(what, source.file) : fromEnvironment(source);
  const secret = text?.replace(/\r?\n$/, '');
  if (secret === undefined || secret === '') {
    throw new OutriderError('bad-config', `${what}: ${place} is empty; put the secret there`);
  }
  keepSecret(secret);
  return secret;
}

/** Every secret read so far, for logs to leave out. */
export function knownSecrets(): readonly string[] {
  return [...known];
}

/** Of one that came another way, such as a token that was fetched; what is used stays known. */
export function keepSecret(secret: string): void {
  known.delete(secret);
  known.add(secret);
  if (known.size > KNOWN_MAX) known.delete(known.values().next().value!);
}

function fromFile(what: string, file: string): [text: string, place: string] {
  const place = `file ${file}`;
  try {
    const { size } = statSync(file);
    if (size > BYTES_MAX) {
      const text = `${what}: ${place} has ${size} bytes, at most ${BYTES_MAX} may be`;
      throw new OutriderError('bad-config', `${text}; is it the right file?`);
    }
    return [readFileSync(file, 'utf8'), place];
  } catch (cause) {
    if (cause instanceof OutriderError) throw cause;
    const { message } = cause as Error;
    throw new OutriderError('bad-config', `${what}: ${place}: ${message}`, { cause });
  }
}

function fromEnvironment({ environment }: { readonly environment: string }) {
  return [process.env[environment], `variable ${environment}`] as const;
}
