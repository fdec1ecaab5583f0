/** What link and topic carry alike: records of a gateway's log, and hashes of what they gave. */
import { type ByteReader, type ByteWriter, badFrame } from '#engine';

/*
   record    offset varint | payload bytes, as in the log
   outputs   offset varint | hash text: after that record was stepped
   origin    text, of the log: Unix nanoseconds
*/
export type LogRecord = { kind: 'record'; offset: number; payload: Uint8Array };
export type LogOutputs = { kind: 'outputs'; offset: number; hash: string };

/** Of logs, records, states and options. */
export const HASH_BYTES_MAX = 64;
const ORIGIN_BYTES_MAX = 20;
/** Less than a frame of 1 MiB takes, or a message of a topic. */
const RECORD_BYTES_MAX = (1 << 20) - 64;

export function writeLogFields(fields: ByteWriter, message: LogRecord | LogOutputs): void {
  fields.varint('offset', message.offset);
  if (message.kind === 'record') fields.bytes('payload', message.payload, RECORD_BYTES_MAX);
  else fields.text('hash', message.hash, HASH_BYTES_MAX);
}

/** The payload is a copy. */
export function readRecord(fields: ByteReader): LogRecord {
  const offset = fields.varint('offset');
  return { kind: 'record', offset, payload: fields.bytes('payload', RECORD_BYTES_MAX).slice() };
}

export function readOutputs(fields: ByteReader): LogOutputs {
  const offset = fields.varint('offset');
  return { kind: 'outputs', offset, hash: fields.text('hash', HASH_BYTES_MAX) };
}

export function writeOrigin(fields: ByteWriter, originNs: bigint): void {
  fields.text('origin', String(originNs), ORIGIN_BYTES_MAX);
}

/** Throws `bad-frame` for a text that is no number. */
export function readOrigin(fields: ByteReader): bigint {
  const text = fields.text('origin', ORIGIN_BYTES_MAX);
  if (/^-?\d{1,19}$/.test(text)) return BigInt(text);
  throw badFrame(`origin is ${text}`, 'give Unix nanoseconds');
}
