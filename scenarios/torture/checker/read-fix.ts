/** Cuts FIX 4.4 bytes into messages by length and sum, as the standard says and nothing more. */

export type FixMessage = {
  /** MsgType (35) and MsgSeqNum (34). */
  type: string;
  number: number;
  /** PossDupFlag (43). */
  isPossDup: boolean;
  /** The first value of a tag, '' where it is missing. */
  get(tag: number): string;
  /** All of it, from `8=` to the delimiter of CheckSum. */
  text: string;
};

export type FixStream = {
  messages: FixMessage[];
  /** Bytes at the end that are no whole message yet. */
  rest: string;
  /** Bytes that are neither, in words. */
  damaged: string[];
};

const SOH = '\u0001';
const HEAD = `8=FIX.4.4${SOH}9=`;
const TRAILER_CHARACTERS = `10=000${SOH}`.length;
const LENGTH_DIGITS_MAX = 6;

/** `text` is latin1: a character a byte. */
export function readFix(text: string): FixStream {
  const messages: FixMessage[] = [];
  let at = 0;
  while (at < text.length) {
    const end = endOfMessage(text, at);
    if (end === undefined) return { messages, rest: text.slice(at), damaged: [] };
    if (typeof end === 'string') {
      return {
        messages,
        rest: '',
        damaged: [`byte ${at}: ${end}: ${show(text.slice(at, at + 200))}`],
      };
    }
    messages.push(fixMessage(text.slice(at, end)));
    at = end;
  }
  return { messages, rest: '', damaged: [] };
}

/** Undefined where bytes are missing; what is wrong where they begin no message. */
function endOfMessage(text: string, at: number): number | string | undefined {
  const head = text.slice(at, at + HEAD.length);
  if (head !== HEAD.slice(0, head.length)) return 'no beginning of a message';
  const length = text.indexOf(SOH, at + HEAD.length);
  if (length < 0) {
    return text.length - at > HEAD.length + LENGTH_DIGITS_MAX
      ? 'a BodyLength without end'
      : undefined;
  }
  const digits = text.slice(at + HEAD.length, length);
  if (!/^\d{1,6}$/.test(digits)) return `BodyLength ${digits}`;
  const trailer = length + 1 + Number(digits);
  const end = trailer + TRAILER_CHARACTERS;
  if (end > text.length) return undefined;
  let sum = 0;
  for (let index = at; index < trailer; index++) sum += text.charCodeAt(index);
  const expected = `10=${String(sum % 256).padStart(3, '0')}${SOH}`;
  return text.slice(trailer, end) === expected ? end : `CheckSum is not ${expected.slice(3, 6)}`;
}

/** Of the text of a whole message. */
function fixMessage(text: string): FixMessage {
  const values = new Map<number, string>();
  for (const field of text.split(SOH)) {
    const equals = field.indexOf('=');
    const tag = Number(field.slice(0, equals));
    if (equals > 0 && !values.has(tag)) values.set(tag, field.slice(equals + 1));
  }
  const get = (tag: number) => values.get(tag) ?? '';
  return { type: get(35), number: Number(get(34)), isPossDup: get(43) === 'Y', get, text };
}

/** SendingTime and its like, as milliseconds since 1970; NaN for what is no UTCTimestamp. */
export function timestampMs(text: string): number {
  const [, year, month, day, time] = /^(\d{4})(\d\d)(\d\d)-([\d:.]+)$/.exec(text) ?? [];
  return Date.parse(`${year}-${month}-${day}T${time}Z`);
}

/** A new order, a replace or a cancel. */
export const isRequest = ({ type }: FixMessage) => type === 'D' || type === 'G' || type === 'F';

/** For people: delimiters as bars. */
export const show = (text: string) => text.replaceAll(SOH, '|');
