/** Reads FIX bytes to judge them; shares no code with the product, whose errors it is to find. */

export type SeenMessage = {
  /** MsgType (35). */
  type: string;
  /** MsgSeqNum (34). */
  number: number;
  /** PossDupFlag (43): the sender says that it may have been there before. */
  isDuplicate: boolean;
  /** SendingTime (52), Unix milliseconds. */
  sentMs: number;
  /** First value of each tag. */
  fields: ReadonlyMap<number, string>;
};

export type SeenBytes = {
  messages: SeenMessage[];
  /** Cut off by the loss of their connection: they never arrived. */
  torn: number;
  /** Whole messages whose length or checksum is wrong, in words. */
  damaged: string[];
};

const START = '8=FIX.4.4\u00019=';
const TRAILER = '10=000\u0001'.length;

/** Cuts by BodyLength (9) and holds each message to its CheckSum (10). */
export function readFix(text: string): SeenBytes {
  const seen: SeenBytes = { messages: [], torn: 0, damaged: [] };
  let at = text.indexOf(START);
  while (at >= 0) {
    const next = text.indexOf(START, at + 1);
    const body = text.indexOf('\u0001', at + START.length) + 1;
    const trailer = body + Number(text.slice(at + START.length, body - 1));
    const isWhole = body > 0 && trailer + TRAILER <= (next < 0 ? text.length : next);
    if (!isWhole) seen.torn++;
    else if (text.slice(trailer, trailer + TRAILER) === checkSum(text, at, trailer)) {
      seen.messages.push(messageOf(text.slice(at, trailer)));
    } else {
      const shown = text.slice(at, trailer + TRAILER).replaceAll('\u0001', '|');
      seen.damaged.push(`byte ${at}: ${shown.slice(0, 200)}`);
    }
    at = next;
  }
  return seen;
}

function checkSum(text: string, from: number, to: number): string {
  let sum = 0;
  for (let at = from; at < to; at++) sum = (sum + text.charCodeAt(at)) & 0xff;
  return `10=${String(sum).padStart(3, '0')}\u0001`;
}

function messageOf(text: string): SeenMessage {
  const fields = new Map<number, string>();
  for (const field of text.split('\u0001')) {
    const equals = field.indexOf('=');
    const tag = Number(field.slice(0, equals));
    if (equals > 0 && !fields.has(tag)) fields.set(tag, field.slice(equals + 1));
  }
  return {
    type: fields.get(35) ?? '',
    number: Number(fields.get(34)),
    isDuplicate: fields.get(43) === 'Y',
    sentMs: timestampMs(fields.get(52) ?? ''),
    fields,
  };
}

/** `YYYYMMDD-HH:MM:SS.sss` as Unix milliseconds. */
export function timestampMs(text: string): number {
  const [, year, month, day, time] = /^(\d{4})(\d\d)(\d\d)-(.+)$/.exec(text) ?? [];
  return Date.parse(`${year}-${month}-${day}T${time}Z`);
}

/** New orders, replaces and cancels: what may be lost or sent twice. */
export const isOrderMessage = ({ type }: SeenMessage) =>
  type === 'D' || type === 'G' || type === 'F';

export const clientOrderId = ({ fields }: SeenMessage): string => fields.get(11) ?? '';
