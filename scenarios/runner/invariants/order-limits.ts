/** Limits of size and rate, held against the bytes that the venue received. */
import type { Nanoseconds } from '#engine';
import { readFix, type SeenMessage } from '../measure/fix-bytes.ts';
import type { JudgedInvariant } from './invariant.ts';

const isOriginal = ({ type, isDuplicate }: SeenMessage) =>
  (type === 'D' || type === 'G') && !isDuplicate;

/** While operators had set a lower limit: from its answer on, until they were asked to lift it. */
export type TightSpan = { fromNs: Nanoseconds; toNs: Nanoseconds; most: number };

/** OrderQty (38) of new orders, in units of the wire; `timeOf` a SendingTime as spans have it. */
export function judgeOrderSize(
  received: string,
  quantityMax: number,
  { spans, timeOf }: { spans: readonly TightSpan[]; timeOf(unixMs: number): Nanoseconds },
): JudgedInvariant {
  const orders = readFix(received).messages.filter(each => isOriginal(each) && each.type === 'D');
  const mostAt = (ns: Nanoseconds) => {
    const within = spans.filter(({ fromNs, toNs }) => ns > fromNs && ns < toNs);
    return Math.min(quantityMax, ...within.map(({ most }) => most));
  };
  const violations = orders
    .filter(({ fields, sentMs }) => !(Number(fields.get(38)) <= mostAt(timeOf(sentMs))))
    .map(({ fields }) => `${fields.get(11)}: a new order of ${fields.get(38)}`);
  const tighter = spans.map(({ most }) => `, of ${most} while operators had set that`).join('');
  const claim = `no new order of more than ${quantityMax}${tighter}`;
  return { name: 'orderQtyAtMost', claim, checked: orders.length, violations };
}

const SECOND_MS = 1000;

/** New and replacing orders in any second, by SendingTime (52). */
export function judgeOrderRate(received: string, most: number): JudgedInvariant {
  const orders = readFix(received).messages.filter(isOriginal);
  const violations = orders.flatMap(({ sentMs, fields }, at) => {
    const before = orders[at - most];
    if (before === undefined || sentMs - before.sentMs >= SECOND_MS) return [];
    return [`${fields.get(11)}: ${most + 1} orders within ${sentMs - before.sentMs} ms`];
  });
  const claim = `no more than ${most} orders in any second`;
  return { name: 'orderRateAtMost', claim, checked: orders.length, violations };
}
