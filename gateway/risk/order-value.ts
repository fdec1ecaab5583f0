/** Order value: price times open quantity of one order, in its quote currency. */
import { createAmount, isBelow, nanosOf, setWorth } from '../account/amount.ts';
import type { Control } from './control.ts';
import { NANOS_PER_UNIT } from './limits.ts';

const value = createAmount();
const price = { halfIncrements: 0, incrementNanos: 0 };

export const orderValue: Control = {
  name: 'order-value',
  objection({ lots, limitIncrements }, { incrementNanos }, { orderValue: allowed, most }) {
    price.halfIncrements = 2 * limitIncrements;
    price.incrementNanos = incrementNanos;
    setWorth(value, lots, price);
    if (!isBelow(most.orderValue, value)) return undefined;
    return { seen: nanosOf(value) / NANOS_PER_UNIT, allowed };
  },
};
