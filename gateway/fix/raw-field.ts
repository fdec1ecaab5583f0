/** Fields as they stand in a message, for messages of any type. */
import { isHeaderTag } from '#native';
import type { FixView } from './parse.ts';
import { Tag } from './tag.ts';

/** A field as it stands in a message: `tag=value` and its delimiter. */
export type RawField = { tag: number; bytes: Uint8Array };

/** A message of any type; header fields beyond those of `FixHeader` ascending. */
export type WholeMessage = {
  msgType: string;
  possResend: boolean;
  header: readonly RawField[];
  body: readonly RawField[];
};

/** The field at `at` of `view.fields`, delimiter included. */
export function rawField(view: FixView, at: number): RawField {
  const tag = view.fields[at]!;
  const start = view.fields[at + 1]! - String(tag).length - 1;
  return { tag, bytes: view.bytes.subarray(start, view.fields[at + 2]! + 1) };
}

/** Header fields that `FixHeader` has no place for, ascending; none in what a gateway writes. */
export function furtherHeader(view: FixView): RawField[] {
  const further: RawField[] = [];
  for (let at = 0; at < view.fields.length; at += 3) {
    const tag = view.fields[at]!;
    if (isHeaderTag(tag) && !OWN_HEADER.has(tag)) further.push(rawField(view, at));
  }
  return further.sort((a, b) => a.tag - b.tag);
}

const OWN_HEADER = new Set<number>([
  ...[Tag.beginString, Tag.bodyLength, Tag.msgType, Tag.msgSeqNum, Tag.possDupFlag],
  ...[Tag.senderCompId, Tag.sendingTime, Tag.targetCompId, Tag.possResend, Tag.origSendingTime],
]);
