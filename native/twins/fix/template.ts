/** A message laid out once and patched from then on: the twin of `crates/core/src/fix/template`. */

import { ORDER_SHAPES } from '../../order-layout.ts';

/*
 *  8=FIX.4.4|9=LLL|35=D|34=n|49=S|52=time|56=T|11=id|...|60=time|10=ccc|
 *
 *  Where each value lies follows from the widths of those that vary; only when one of them changes
 *  is the message laid out anew. The sum of all bytes before CheckSum follows each byte written.
 */

/** What a message leaves open. */
export const SLOT = {
  ...{ msgSeqNum: 0, sendingTime: 1, date: 2, serial: 3, quantity: 4, originalDate: 5 },
  ...{ originalSerial: 6, price: 7, side: 8, transactTime: 9, timeInForce: 10 },
} as const;
export const SLOTS = 11;

type Part = Uint8Array | number;

export type Template = {
  readonly bytes: Uint8Array;
  /** Of this template in the memory of all. */
  readonly base: number;
  readonly parts: readonly Part[];
  readonly widths: Int32Array;
  /** Of each value; 0 for a whole number. */
  readonly decimals: Int32Array;
  /** Where each value begins; 0 for one that the shape lacks. */
  readonly at: Int32Array;
  length: number;
  sum: number;
};

export type Names = Readonly<Record<'sender' | 'target' | 'symbol', Uint8Array>>;

const TRAILER = Buffer.from('10=000\u0001', 'latin1');
const ZERO = 48;

/** The template of a shape, in memory from `base` on. */
export function createTemplate(
  shape: number,
  names: Names,
  place: Pick<Template, 'bytes' | 'base' | 'decimals'>,
): Template {
  return {
    ...{ ...place, parts: partsOf(shape, names), length: 0, sum: 0 },
    ...{ widths: new Int32Array(SLOTS), at: new Int32Array(SLOTS) },
  };
}

/** Lays the message out anew where a width has changed. */
export function adjust(template: Template, widths: Int32Array): void {
  let hasChanged = template.length === 0;
  for (let slot = 0; slot < SLOTS; slot++) {
    if (template.widths[slot] === widths[slot]) continue;
    template.widths[slot] = widths[slot]!;
    hasChanged = true;
  }
  if (hasChanged) layOut(template);
}

/** Writes one byte that CheckSum covers. */
export function patch(template: Template, at: number, byte: number): void {
  const { bytes } = template;
  template.sum += byte - bytes[at]!;
  bytes[at] = byte;
}

/** CheckSum over all that stands before it. */
export function seal({ bytes, base, length, sum }: Template): void {
  const at = base + length - TRAILER.length + 3;
  const checkSum = sum & 255;
  const hundreds = (checkSum / 100) | 0;
  const tens = ((checkSum - hundreds * 100) / 10) | 0;
  bytes[at] = ZERO + hundreds;
  bytes[at + 1] = ZERO + tens;
  bytes[at + 2] = ZERO + checkSum - hundreds * 100 - tens * 10;
}

function layOut(template: Template): void {
  const { bytes, base, parts, widths, at } = template;
  let body = 0;
  for (const part of parts) body += typeof part === 'number' ? widths[part]! : part.length;
  let end = base;
  const put = (text: Uint8Array) => {
    for (const byte of text) bytes[end++] = byte;
  };
  put(fixed(`8=FIX.4.4|9=${body}|`));
  for (const part of parts) {
    if (typeof part !== 'number') {
      put(part);
      continue;
    }
    at[part] = end;
    bytes.fill(0, end, end + widths[part]!);
    end += widths[part]!;
  }
  template.sum = 0;
  for (let byte = base; byte < end; byte++) template.sum += bytes[byte]!;
  put(TRAILER);
  template.length = end - base;
}

/** Fixed text, in which `|` is the delimiter. */
const fixed = (text: string) => Buffer.from(text.replaceAll('|', '\u0001'), 'latin1');

const { replace, replacePostOnly, replaceMarket, replaceStop } = ORDER_SHAPES;
const { newPostOnly, newMarket, newStop } = ORDER_SHAPES;
const REPLACES: readonly number[] = [replace, replacePostOnly, replaceMarket, replaceStop];
const POST_ONLY: readonly number[] = [newPostOnly, replacePostOnly];
const MARKET: readonly number[] = [newMarket, replaceMarket];
const STOPS: readonly number[] = [newStop, replaceStop];

function partsOf(shape: number, { sender, target, symbol }: Names): Part[] {
  const isCancel = shape === ORDER_SHAPES.cancel;
  const isReplace = REPLACES.includes(shape);
  const isPostOnly = POST_ONLY.includes(shape);
  const isMarket = MARKET.includes(shape);
  const isStop = STOPS.includes(shape);
  const isLimit = !isCancel && !isMarket && !isStop;
  const original = [fixed('|41='), SLOT.originalDate, fixed('-'), SLOT.originalSerial];
  return [
    fixed(`35=${isCancel ? 'F' : isReplace ? 'G' : 'D'}|34=`),
    ...[SLOT.msgSeqNum, fixed('|49='), sender, fixed('|52='), SLOT.sendingTime],
    ...[fixed('|56='), target, fixed('|11='), SLOT.date, fixed('-'), SLOT.serial],
    fixed(`${isPostOnly ? '|18=6' : ''}${isCancel ? '' : '|21=1'}|38=`),
    SLOT.quantity,
    ...(isCancel ? [] : [fixed(`|40=${isMarket ? 1 : isStop ? 3 : 2}`)]),
    ...(isReplace || isCancel ? original : []),
    ...(isLimit ? [fixed('|44='), SLOT.price] : []),
    ...[fixed('|54='), SLOT.side, fixed('|55='), symbol],
    ...(isCancel ? [] : [fixed('|59='), SLOT.timeInForce]),
    ...[fixed('|60='), SLOT.transactTime],
    ...(isStop ? [fixed('|99='), SLOT.price] : []),
    fixed('|'),
  ];
}
