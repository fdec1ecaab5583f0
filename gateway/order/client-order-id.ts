/** ClOrdID (11) as two numbers: `YYYYMMDD-`, and a counter from 1 with at least six digits. */

export type ClientOrderId = {
  /** `YYYYMMDD` as a number. */
  date: number;
  serial: number;
};

export const createClientOrderId = (): ClientOrderId => ({ date: 0, serial: 0 });

export function setClientOrderId(to: ClientOrderId, from: ClientOrderId): void {
  to.date = from.date;
  to.serial = from.serial;
}

/** Names no order. */
export function clearClientOrderId(id: ClientOrderId): void {
  id.date = 0;
  id.serial = 0;
}

export function clientOrderIdText({ date, serial }: ClientOrderId): string {
  return `${String(date).padStart(8, '0')}-${String(serial).padStart(6, '0')}`;
}

export const isSameId = (one: ClientOrderId, other: ClientOrderId): boolean =>
  one.serial === other.serial && one.date === other.date;

const NAME = /^(\d{8})-(\d{6,15})$/;

/** Undefined for a name that this gateway gives to no order. */
export function readClientOrderId(text: string | undefined): ClientOrderId | undefined {
  const match = text === undefined ? null : NAME.exec(text);
  return match === null ? undefined : { date: Number(match[1]), serial: Number(match[2]) };
}
