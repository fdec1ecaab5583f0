/** What orders and their replaces have in common: side, type, prices and how long they stand. */
import type { FieldReader } from './field-reader.ts';
import type { FieldWriter } from './field-writer.ts';
import { OrdType, TimeInForce } from './order-type.ts';
import { Tag } from './tag.ts';

/** Side (54). */
export const Side = { buy: '1', sell: '2' } as const;
export type Side = (typeof Side)[keyof typeof Side];

/** Side on the wire. */
export const SIDES = [Side.buy, Side.sell] as const;

export type OrderTerms = {
  /** Refused by the venue rather than traded on arrival. */
  postOnly: boolean;
  ordType?: OrdType | undefined;
  timeInForce?: TimeInForce | undefined;
  /** Exact decimal, of a limit order. */
  price?: string | undefined;
  /** Exact decimal, of a stop order. */
  stopPx?: string | undefined;
};

const LIMIT = '2';
const DAY = '0';
const ORD_TYPES = [OrdType.market, LIMIT, OrdType.stop] as const;
const TIMES_IN_FORCE = [DAY, ...Object.values(TimeInForce)] as const;
const AUTOMATED = ['1'] as const;
const PARTICIPATE_DO_NOT_INITIATE = ['6'] as const;

/** HandlInst is 1 where it is said; a limit order has a Price (44), a stop order a StopPx (99). */
export function decodeOrderTerms(reader: FieldReader): OrderTerms {
  reader.optionalCode(Tag.handlInst, AUTOMATED);
  const ordType = reader.code(Tag.ordType, ORD_TYPES);
  const timeInForce = reader.optionalCode(Tag.timeInForce, TIMES_IN_FORCE);
  const postOnly = reader.optionalCode(Tag.execInst, PARTICIPATE_DO_NOT_INITIATE) === '6';
  return {
    postOnly,
    ordType: ordType === LIMIT ? undefined : ordType,
    timeInForce: timeInForce === DAY ? undefined : timeInForce,
    price: ordType === LIMIT ? reader.decimal(Tag.price) : undefined,
    stopPx: ordType === OrdType.stop ? reader.decimal(Tag.stopPx) : undefined,
  };
}

/** `40`, in its place among ascending tags. */
export function writeOrdType(writer: FieldWriter, { ordType }: Partial<OrderTerms>): void {
  writer.text(Tag.ordType, ordType ?? LIMIT);
}

/** `59`. */
export function writeTimeInForce(writer: FieldWriter, terms: Partial<OrderTerms>): void {
  writer.text(Tag.timeInForce, terms.timeInForce ?? DAY);
}
