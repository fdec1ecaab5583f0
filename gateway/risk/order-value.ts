/** Order value: price times open quantity of one order, in its quote currency. */
import { type Control, NANOS_PER_UNIT } from './control.ts';

export const orderValue: Control = {
  name: 'order-value',
  objection({ lots, limitIncrements }, { incrementNanos }, { orderValue: allowed }) {
    const valueNanos = BigInt(limitIncrements) * BigInt(lots) * incrementNanos;
    if (valueNanos <= BigInt(allowed) * NANOS_PER_UNIT) return undefined;
    return { seen: valueNanos / NANOS_PER_UNIT, allowed };
  },
};
