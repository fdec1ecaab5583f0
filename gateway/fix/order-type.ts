/** What an order is beside a limit order for the day: its type, and how long it stands. */
import type { FieldReader } from './field-reader.ts';
import { Tag } from './tag.ts';

/** OrdType (40) beside 2, a limit order, which is one that says none here. */
export const OrdType = { market: '1', stop: '3' } as const;
export type OrdType = (typeof OrdType)[keyof typeof OrdType];

/** TimeInForce (59) beside 0, the day, which is that of an order that says none here. */
export const TimeInForce = {
  goodTillCancel: '1',
  immediateOrCancel: '3',
  fillOrKill: '4',
} as const;
export type TimeInForce = (typeof TimeInForce)[keyof typeof TimeInForce];

/** What a report says of a type or time in force; a venue may have more of them than we send. */
export function saidOrdType(reader: FieldReader): OrdType | undefined {
  const text = reader.optionalText(Tag.ordType);
  return Object.values(OrdType).find(type => type === text);
}

export function saidTimeInForce(reader: FieldReader): TimeInForce | undefined {
  const text = reader.optionalText(Tag.timeInForce);
  return Object.values(TimeInForce).find(each => each === text);
}
