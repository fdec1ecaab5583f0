/** Dead letters: records that nobody could read or work with, with the reason in their headers. */

import type { IncomingRecord, OutgoingRecord, RecordHeader } from '../broker/record.ts';
import { OutriderError } from '../error.ts';

/** Where a dead letter comes from. */
type LetterSource = {
  /** Undefined where a timer was refused: no record stands behind it. */
  readonly topic: string | undefined;
  readonly partition: number;
  /** The operator that refused it; undefined where it could not be read. */
  readonly node: string | undefined;
  readonly reason: string;
};

/** Bytes of a reason at most. */
const REASON_BYTES_MAX = 1_000;
const PREFIX = 'outrider-dead-letter-';
const encoder = new TextEncoder();

/** The record as it came, its own headers first. */
export function deadLetter(
  topic: string,
  record: Pick<IncomingRecord, 'key' | 'value' | 'headers' | 'timestampMs' | 'offset'>,
  source: LetterSource,
): Omit<OutgoingRecord, 'partition'> {
  const header = (name: string, value: string): RecordHeader => [
    `${PREFIX}${name}`,
    encoder.encode(value),
  ];
  return {
    topic,
    key: record.key,
    value: record.value,
    timestampMs: record.timestampMs,
    headers: [
      ...record.headers,
      header('reason', source.reason.slice(0, REASON_BYTES_MAX)),
      header('partition', String(source.partition)),
      ...(source.topic === undefined
        ? []
        : [header('topic', source.topic), header('offset', String(record.offset))]),
      ...(source.node === undefined ? [] : [header('node', source.node)]),
    ],
  };
}

/** The reason of an error that makes a dead letter; any other error is thrown on. */
export function reasonOf(error: unknown): string {
  if (error instanceof OutriderError && error.code === 'bad-data') return error.message;
  throw error;
}

/** A dead letter's headers as text, by their names without what they have in common. */
export function readDeadLetter(headers: readonly RecordHeader[]): Readonly<Record<string, string>> {
  const decoder = new TextDecoder();
  return Object.fromEntries(
    headers
      .filter(([name]) => name.startsWith(PREFIX))
      .map(([name, value]) => [name.slice(PREFIX.length), decoder.decode(value)]),
  );
}
