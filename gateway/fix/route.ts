/** The way back of a message that came through others: who sent it is whom the answer is for. */

import { type FixView, fieldText } from './parse.ts';
import type { RawField } from './raw-field.ts';

/** Tag of the message -> tag of the answer, ascending by the latter. */
const REVERSED = [
  [57, 50],
  [50, 57],
  [128, 115],
  [129, 116],
  [115, 128],
  [116, 129],
  [143, 142],
  [142, 143],
  [145, 144],
  [144, 145],
] as const;

/** Header fields of an answer: sub and location ids, OnBehalfOf and DeliverTo exchanged. */
export function reversedRoute(view: FixView): RawField[] {
  const route: RawField[] = [];
  for (const [from, to] of REVERSED) {
    const value = fieldText(view, from);
    if (value === undefined || value === '') continue;
    route.push({ tag: to, bytes: Buffer.from(`${to}=${value}\u0001`, 'latin1') });
  }
  return route;
}
