/** The private key that an operator signs with, from its file. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { OutriderError } from '#engine';
import { readOptionFile } from './option-file.ts';

const KEY_BYTES_MAX = 4096;

/** Throws `bad-config` for a file that is no private Ed25519 key in PEM. */
export function readKey(file: string): KeyObject {
  const text = readOptionFile(file, KEY_BYTES_MAX);
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Said below, without the content.
  }
  throw new OutriderError('bad-config', `${file}: no private Ed25519 key in PEM; outrider keys`);
}
