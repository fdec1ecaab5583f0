/** A report as a drop copy says it: what the venue said, and by which way it came. */
import { Buffer } from 'node:buffer';
import { isHeaderTag } from '#native';
import { type FixView, fieldText } from '../fix/parse.ts';
import { type RawField, rawField, type WholeMessage } from '../fix/raw-field.ts';
import { Tag } from '../fix/tag.ts';
import { formatUtcTimestamp } from '../fix/timestamp.ts';
import type { TakenReport } from './taken-reports.ts';

/**
 *     header  115 the venue's CompID | 627=1 | 628 the gateway's | 629 when it took it | 630 count
 *     body    as the venue sent it; of an ExecutionReport then 797=Y (CopyMsgIndicator)
 *
 * HopRefID (630) is the report's count over the log, so the copies themselves say how far they go.
 */
const HOP = { onBehalfOf: 115, noHops: 627, compId: 628, sendingTime: 629, refId: 630 } as const;
const COPY_INDICATOR = 797;

export function copyOf({ count, timeNs, view }: TakenReport, originNs: bigint): WholeMessage {
  const { msgType } = view;
  const hop = [
    rawText(HOP.onBehalfOf, fieldText(view, Tag.senderCompId) ?? ''),
    rawText(HOP.noHops, '1'),
    rawText(HOP.compId, fieldText(view, Tag.targetCompId) ?? ''),
    rawText(HOP.sendingTime, formatUtcTimestamp(originNs, timeNs)),
    rawText(HOP.refId, String(count)),
  ];
  const indicator = msgType === '8' ? [rawText(COPY_INDICATOR, 'Y')] : [];
  const possResend = fieldText(view, Tag.possResend) === 'Y';
  return { msgType, possResend, header: hop, body: [...bodyOf(view), ...indicator] };
}

/** HopRefID of a copy; undefined for a message that is none. */
export function countOf(copy: FixView): number | undefined {
  const text = fieldText(copy, HOP.refId);
  return text === undefined ? undefined : Number(text);
}

/** Whether a copy says what this report says. */
export function isCopyOf(copy: FixView, report: FixView): boolean {
  const texts = bodyOf(copy).filter(({ tag }) => tag !== COPY_INDICATOR);
  const bytes = (fields: readonly RawField[]) => Buffer.concat(fields.map(each => each.bytes));
  return copy.msgType === report.msgType && bytes(texts).equals(bytes(bodyOf(report)));
}

function bodyOf(view: FixView): RawField[] {
  const fields: RawField[] = [];
  for (let at = 0; at < view.fields.length; at += 3) {
    const tag = view.fields[at]!;
    if (!isHeaderTag(tag) && tag !== Tag.checkSum && tag !== COPY_INDICATOR) {
      fields.push(rawField(view, at));
    }
  }
  return fields;
}

const rawText = (tag: number, text: string): RawField => ({
  tag,
  bytes: Buffer.from(`${tag}=${text}\u0001`, 'latin1'),
});
