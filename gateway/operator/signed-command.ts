/**
 * A command as an operator signed it.
 *
 *     signature 64 bytes, Ed25519 | command, JSON in UTF-8
 *
 * What is signed is PURPOSE, then the command: no other use of the key can be taken for one.
 */
import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { type OperatorCommand, parseCommand } from './operator-command.ts';
import type { OperatorTerms } from './operator-terms.ts';

export const OPERATOR_BYTES_MAX = 4096;

const SIGNATURE_BYTES = 64;
const PURPOSE = Buffer.from('outrider operator command 1\n');

export function signCommand(command: OperatorCommand, key: KeyObject): Buffer {
  const text = Buffer.from(JSON.stringify(command));
  return Buffer.concat([sign(null, Buffer.concat([PURPOSE, text]), key), text]);
}

/** The command, or why these bytes are none of an operator of the terms. */
export function openCommand(
  bytes: Uint8Array,
  operators: readonly OperatorTerms[],
): OperatorCommand | string {
  if (bytes.length <= SIGNATURE_BYTES) return 'the command is shorter than a signature';
  if (bytes.length > OPERATOR_BYTES_MAX) return `the command passes ${OPERATOR_BYTES_MAX} bytes`;
  const text = bytes.subarray(SIGNATURE_BYTES);
  const command = parseCommand(Buffer.from(text).toString());
  if (command === undefined) return 'the command is not well formed';
  const terms = operators.find(({ name }) => name === command.operator);
  if (terms === undefined) return `operator ${command.operator}: not in the desk file`;
  const signed = Buffer.concat([PURPOSE, text]);
  const signature = bytes.subarray(0, SIGNATURE_BYTES);
  const isGenuine = verify(null, signed, publicKeyOf(terms.publicKey), signature);
  return isGenuine ? command : `the signature is not that of ${command.operator}`;
}

/** DER in front of the 32 bytes of an Ed25519 public key (RFC 8410). */
const DER_HEAD = Buffer.from('302a300506032b6570032100', 'hex');

/** Throws for bytes that are no key. */
export function publicKeyOf(hex: string): KeyObject {
  const key = Buffer.concat([DER_HEAD, Buffer.from(hex, 'hex')]);
  return createPublicKey({ key, format: 'der', type: 'spki' });
}

/** The 32 bytes as a desk file has them, 64 hex digits. */
export function publicKeyText(key: KeyObject): string {
  return createPublicKey(key)
    .export({ format: 'der', type: 'spki' })
    .subarray(DER_HEAD.length)
    .toString('hex');
}
