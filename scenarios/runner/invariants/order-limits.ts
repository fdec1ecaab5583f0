/** Limits of size and rate, held against the bytes that the venue received. */
import { readFix, type SeenMessage } from '../measure/fix-bytes.ts';
import type { JudgedInvariant } from './invariant.ts';

const isOriginal = ({ type, isDuplicate }: SeenMessage) =>
  (type === 'D' || type === 'G') && !isDuplicate;

/** OrderQty (38) of new orders, in the units of the wire. */
export function judgeOrderSize(received: string, quantityMax: number): JudgedInvariant {
  const orders = readFix(received).messages.filter(each => isOriginal(each) && each.type === 'D');
  const violations = orders
    .filter(({ fields }) => !(Number(fields.get(38)) <= quantityMax))
    .map(({ fields }) => `${fields.get(11)}: a new order of ${fields.get(38)}`);
  const claim = `no new order of more than ${quantityMax}`;
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
