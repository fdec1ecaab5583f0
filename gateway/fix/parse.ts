/** Takes a framed message apart into a flat view: where each value lies, and what is wrong. */
import {
  createFieldScan,
  type FieldScan,
  type Kernels,
  loadedKernels,
  MESSAGE_BYTES_MAX,
  NO_TAG,
  SCAN,
} from '#native';
import type { RejectReason } from './tag.ts';

/** Why a message that is whole is not well formed. */
export type FieldProblem = {
  reason: RejectReason;
  /** Undefined where there is no tag to name. */
  tag: number | undefined;
  /** In place of the text that goes with the reason. */
  text?: string;
};

export type FixView = {
  kind: 'view';
  bytes: Buffer;
  /** Triples (tag, first byte of the value, byte after the value) in the order of the message. */
  fields: readonly number[];
  /** Body tags that occur more than once: members of groups, or a mistake. */
  duplicates: readonly number[];
  msgType: string;
  /** -1 when MsgSeqNum is missing, no number, or beyond 2147483647; 0 in a SequenceReset alone. */
  msgSeqNum: number;
  /** The fields between header and CheckSum: bytes [bodyStart, bodyEnd). */
  bodyStart: number;
  bodyEnd: number;
  /** The first thing wrong with header or structure; body values are checked when they are read. */
  problem: FieldProblem | undefined;
};

/**
 * `8`, `9` and `35` are not the first three fields, or there are more than MESSAGE_BYTES_MAX bytes:
 * not to be answered, as the FIX rules say.
 */
export type Garbled = { kind: 'garbled'; reason: 'not-a-header' | 'too-long' };

/** MsgSeqNum is at most this. */
export const SEQUENCE_MAX = 2_147_483_647;
/** Longer texts seldom come twice. */
const KEPT_TEXT_BYTES_MAX = 24;
const KEPT_TEXTS = 1024;
const CHARACTERS = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));
/** Texts by what their bytes add up to: names, codes and the times of a millisecond come often. */
const kept = new Array<string>(KEPT_TEXTS).fill('');
const NONE: readonly number[] = [];

/** Reads bytes as the framer yields them (length and checksum are its part); never throws. */
export const parseMessage = createParser();

/** A parser with memory of its own, made with its first message. */
export function createParser(
  kernels: Kernels = loadedKernels.kernels,
): (message: Uint8Array) => FixView | Garbled {
  let scan: FieldScan | undefined;
  return message => {
    if (message.length > MESSAGE_BYTES_MAX) return { kind: 'garbled', reason: 'too-long' };
    scan ??= createFieldScan(kernels);
    scan.bytes.set(message);
    const count = scan.scan(message.length);
    if (count === 0) return { kind: 'garbled', reason: 'not-a-header' };
    return viewOf(scan, count, asBuffer(message));
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  if (Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The table is written anew with the next message: a view has its own copy. */
function viewOf({ fields, duplicates, values }: FieldScan, count: number, bytes: Buffer): FixView {
  const own = new Array<number>(count);
  for (let at = 0; at < count; at++) own[at] = fields[at]!;
  const repeated = values[SCAN.duplicates]!;
  const [reason, tag] = [values[SCAN.reason]!, values[SCAN.tag]!];
  return {
    kind: 'view',
    bytes,
    fields: own,
    duplicates: repeated === 0 ? NONE : Array.from(duplicates.subarray(0, repeated)),
    msgType: textBetween(bytes, own[7]!, own[8]!),
    msgSeqNum: values[SCAN.sequence]!,
    bodyStart: values[SCAN.bodyStart]!,
    bodyEnd: values[SCAN.bodyEnd]!,
    problem:
      reason < 0
        ? undefined
        : { reason: reason as RejectReason, tag: tag === NO_TAG ? undefined : tag },
  };
}

/** Place of a tag's first value in `view.fields`, or -1. */
export function findField(view: FixView, tag: number): number {
  return findIn(view.fields, tag);
}

/** A tag's first value, or undefined. */
export function fieldText(view: FixView, tag: number): string | undefined {
  const at = findIn(view.fields, tag);
  return at < 0 ? undefined : textBetween(view.bytes, view.fields[at + 1]!, view.fields[at + 2]!);
}

/** Latin-1: one character a byte, so that any bytes survive. */
function textBetween(bytes: Buffer, start: number, end: number): string {
  const length = end - start;
  if (length === 1) return CHARACTERS[bytes[start]!]!;
  if (length > KEPT_TEXT_BYTES_MAX) return bytes.toString('latin1', start, end);
  let hash = length;
  for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
  const place = (hash ^ (hash >>> 10)) & (KEPT_TEXTS - 1);
  const text = kept[place]!;
  if (text.length === length && isText(text, bytes, start)) return text;
  const fresh = bytes.toString('latin1', start, end);
  kept[place] = fresh;
  return fresh;
}

function isText(text: string, bytes: Buffer, start: number): boolean {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) !== bytes[start + at]) return false;
  }
  return true;
}

function findIn(fields: readonly number[], tag: number): number {
  for (let at = 0; at < fields.length; at += 3) if (fields[at] === tag) return at;
  return -1;
}
