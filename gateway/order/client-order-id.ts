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
