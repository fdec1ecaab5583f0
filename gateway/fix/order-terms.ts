/** What all order messages have in common: the side, and the order terms supported. */
import type { FieldReader } from './field-reader.ts';
import { Tag } from './tag.ts';

/** Side (54). */
export const Side = { buy: '1', sell: '2' } as const;
export type Side = (typeof Side)[keyof typeof Side];

/** Side on the wire. */
export const SIDES = [Side.buy, Side.sell] as const;

const LIMIT = ['2'] as const;
const AUTOMATED = ['1'] as const;
const DAY = ['0'] as const;
const PARTICIPATE_DO_NOT_INITIATE = ['6'] as const;

/** HandlInst 1, OrdType 2 and TimeInForce 0 are the only terms: limit orders for the day. */
export function decodeOrderTerms(reader: FieldReader): { postOnly: boolean } {
  reader.optionalCode(Tag.handlInst, AUTOMATED);
  reader.code(Tag.ordType, LIMIT);
  reader.optionalCode(Tag.timeInForce, DAY);
  return { postOnly: reader.optionalCode(Tag.execInst, PARTICIPATE_DO_NOT_INITIATE) === '6' };
}
