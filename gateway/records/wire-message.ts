/** What an order's records need to know of a FIX message, whichever side sent it. */
import { Buffer } from 'node:buffer';
import { fieldText, parseMessage } from '../fix/parse.ts';
import { Tag } from '../fix/tag.ts';

export type WireMessage = {
  msgType: string;
  msgSeqNum: number;
  /** Sent once before: PossDupFlag (43). */
  isRepeated: boolean;
  clOrdId: string | undefined;
  origClOrdId: string | undefined;
  orderId: string | undefined;
  execId: string | undefined;
  /** MsgSeqNum of ours that it answers. */
  refSeqNum: number | undefined;
  /** Of a gap fill, the number after the last that it covers. */
  gapFillEnd: number | undefined;
  /** The message with `|` in place of SOH. */
  text: string;
};

/** Undefined for bytes that are no message. */
export function readWireMessage(bytes: Uint8Array): WireMessage | undefined {
  const view = parseMessage(bytes);
  if (view.kind === 'garbled') return undefined;
  const text = (tag: number) => fieldText(view, tag);
  const number = (tag: number) => {
    const found = text(tag);
    return found === undefined ? undefined : Number(found);
  };
  const isGapFill = view.msgType === '4' && text(Tag.gapFillFlag) === 'Y';
  return {
    ...{ msgType: view.msgType, msgSeqNum: view.msgSeqNum },
    isRepeated: text(Tag.possDupFlag) === 'Y',
    ...{ clOrdId: text(Tag.clOrdId), origClOrdId: text(Tag.origClOrdId) },
    ...{ orderId: text(Tag.orderId), execId: text(Tag.execId) },
    refSeqNum: number(Tag.refSeqNum),
    gapFillEnd: isGapFill ? number(Tag.newSeqNo) : undefined,
    text: Buffer.from(bytes).toString('latin1').replaceAll('\u0001', '|'),
  };
}
