/** Fields that requests and verdicts share, and the checks that name field, value and remedy. */

import { type ByteReader, type ByteWriter, badFrame, OutriderError } from '#engine';

const IDENTITY = /^[0-9a-f]{32}$/;
const IDENTITY_BYTES = 16;

/** A forecast's identity, 32 hex digits, as 16 bytes. */
export function writeIdentity(payload: ByteWriter, identity: string): void {
  if (!IDENTITY.test(identity)) {
    throw new OutriderError('bad-usage', `identity is ${identity}; give 32 hex digits`);
  }
  payload.bytes('identity', Buffer.from(identity, 'hex'), IDENTITY_BYTES);
}

export function readIdentity(payload: ByteReader): string {
  const bytes = payload.bytes('identity', IDENTITY_BYTES);
  checkLength('identity', bytes, IDENTITY_BYTES);
  return Buffer.from(bytes).toString('hex');
}

export function checkLength(field: string, values: Uint8Array, length: number): void {
  if (values.length === length) return;
  throw badFrame(`${field} has ${values.length} bytes`, `these terms make it ${length}`);
}

/** Every byte less than `bound`. */
export function checkBelow(field: string, values: Uint8Array, bound: number): void {
  for (let at = 0; at < values.length; at++) {
    if (values[at]! < bound) continue;
    throw badFrame(`${field}[${at}] is ${values[at]}`, `give values from 0 to ${bound - 1}`);
  }
}
