/** Keeps Username and Password (553, 554) out of everything but the wire to the venue. */

import { MESSAGE_BYTES_MAX } from '#native';
import type { Credentials } from './config.ts';

/*
 *  session ──▶ 553=***|554=*** ──┬──▶ files, replay
 *                                └──▶ fillCredentials ──▶ wire ──▶ maskingStream ──▶ files
 *
 *  Both ways change BodyLength and CheckSum by what the values differ, so that a sound message
 *  stays sound, a garbled one garbled, and masking gives back the very bytes that were filled.
 */
const MASK = '***';

/** What a session says whose real credentials only its connection knows. */
export const MASKED_CREDENTIALS: Credentials = { username: MASK, password: MASK };

const SOH = '\u0001';
const LOGON = `${SOH}35=A${SOH}`;
/** BeginString, BodyLength and MsgType lie within these. */
const HEAD_BYTES = 32;
const TRAILER = `${SOH}10=`;
const TRAILER_BYTES = 8;
const ONE = 49;
const FIVE = 53;
const EQUALS = 61;
const CREDENTIAL_FIELDS = [`${SOH}553=`, `${SOH}554=`];
const BODY_LENGTH = /^9=\d{1,6}$/;
const CHECK_SUM = /^10=\d{3}$/;

/** A Logon with the real values in place of the masked ones; any other message as it is. */
export function fillCredentials(message: Buffer, { username, password }: Credentials): Buffer {
  if (!message.subarray(0, HEAD_BYTES).includes(LOGON, 0, 'latin1')) return message;
  return edited(message, field => {
    if (field.startsWith('553=')) return `553=${username}`;
    return field.startsWith('554=') ? `554=${password}` : field;
  });
}

export type MaskingStream = {
  push(bytes: Uint8Array): void;
  /** Forgets half a message: for the next connection. */
  reset(): void;
};

/**
 * Gives on whole messages, at most MESSAGE_BYTES_MAX bytes at once, with the values of 553 and 554
 * masked, and in Text (58) the password where it is known. A stretch of more bytes without a
 * CheckSum is no FIX and is dropped.
 */
export function maskingStream(
  onBytes: (bytes: Buffer) => void,
  password?: string | undefined,
): MaskingStream {
  let held: Buffer = Buffer.alloc(0);
  return {
    push(bytes) {
      if (held.length === 0 && isPlain(bytes, password)) {
        onBytes(asBuffer(bytes));
        return;
      }
      const all = Buffer.concat([held, bytes]);
      const end = endOfLastMessage(all);
      const whole = masked(all.subarray(0, end), password);
      for (let from = 0; from < whole.length; from += MESSAGE_BYTES_MAX) {
        onBytes(whole.subarray(from, from + MESSAGE_BYTES_MAX));
      }
      const rest = all.subarray(end);
      held = Buffer.from(rest.length > MESSAGE_BYTES_MAX ? rest.subarray(rest.length) : rest);
    },
    reset() {
      held = Buffer.alloc(0);
    },
  };
}

/** True for whole messages, not too many, that have nothing to mask: nearly all there is. */
function isPlain(bytes: Uint8Array, password: string | undefined): boolean {
  const { length } = bytes;
  const at = length - TRAILER_BYTES;
  if (password !== undefined || at < 0 || length > MESSAGE_BYTES_MAX) return false;
  const isWhole =
    bytes[at] === 1 &&
    bytes[at + 1] === ONE &&
    bytes[at + 2] === ONE - 1 &&
    bytes[at + 3] === EQUALS &&
    bytes[length - 1] === 1;
  if (!isWhole) return false;
  for (let from = 0; from < at; from++) {
    const isSecret =
      bytes[from] === 1 &&
      bytes[from + 1] === FIVE &&
      bytes[from + 2] === FIVE &&
      (bytes[from + 3] === FIVE - 2 || bytes[from + 3] === FIVE - 1) &&
      bytes[from + 4] === EQUALS;
    if (isSecret) return false;
  }
  return true;
}

function asBuffer(bytes: Uint8Array): Buffer {
  if (Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The first byte after the last CheckSum field that is whole; 0 where none is. */
function endOfLastMessage(bytes: Buffer): number {
  for (let at = bytes.length; at > 0; ) {
    at = bytes.lastIndexOf(TRAILER, at - 1, 'latin1');
    if (at < 0) return 0;
    if (bytes[at + TRAILER_BYTES - 1] === 1) return at + TRAILER_BYTES;
  }
  return 0;
}

function masked(bytes: Buffer, password: string | undefined): Buffer {
  const isSecret = (text: string) => bytes.includes(text, 0, 'latin1');
  const hasFields = CREDENTIAL_FIELDS.some(isSecret);
  if (!hasFields && (password === undefined || !isSecret(password))) return bytes;
  return edited(bytes, field => {
    if (field.startsWith('553=') || field.startsWith('554=')) return field.slice(0, 4) + MASK;
    const isText = field.startsWith('58=') && password !== undefined;
    return isText ? `58=${field.slice(3).replaceAll(password, MASK)}` : field;
  });
}

/** Edits the fields of messages, which end with a CheckSum each. */
function edited(bytes: Buffer, edit: (field: string) => string): Buffer {
  const fields = bytes.toString('latin1').split(SOH);
  const result: string[] = [];
  let from = 0;
  for (const [at, field] of fields.entries()) {
    if (!CHECK_SUM.test(field)) continue;
    result.push(...editedMessage(fields.slice(from, at + 1), edit));
    from = at + 1;
  }
  result.push(...fields.slice(from).map(edit));
  return Buffer.from(result.join(SOH), 'latin1');
}

/** Length and sum follow where there is a length; what lies before it is another's garbage. */
function editedMessage(fields: string[], edit: (field: string) => string): string[] {
  const result = fields.map(edit);
  const length = fields.findLastIndex((field, at) => {
    return BODY_LENGTH.test(field) && fields[at - 1]?.includes('8=FIX') === true;
  });
  const sum = Number(fields.at(-1)!.slice(3));
  if (length < 0) return result;
  const body = (list: string[]) => list.slice(length + 1, -1).join(SOH);
  const grownBytes = body(result).length - body(fields).length;
  result[length] = `9=${Number(fields[length]!.slice(2)) + grownBytes}`;
  if (sum > 255) return result;
  const summed = (list: string[]) => sumOf(list.slice(length, -1).join(SOH));
  const newSum = (((sum + summed(result) - summed(fields)) % 256) + 256) % 256;
  result[result.length - 1] = `10=${String(newSum).padStart(3, '0')}`;
  return result;
}

/** Of characters; delimiters left out are on both sides of a difference. */
function sumOf(text: string): number {
  let sum = 0;
  for (let at = 0; at < text.length; at++) sum += text.charCodeAt(at);
  return sum;
}
