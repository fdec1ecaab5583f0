/** Trailing drawdown: so far below the highest profit the exposure may shrink but not grow. */
import { createAmount, isBelow, nanosOf, setDifference } from '../account/amount.ts';
import { type Control, growsExposure } from './control.ts';
import { NANOS_PER_UNIT } from './limits.ts';

const fall = createAmount();

export const trailingDrawdown: Control = {
  name: 'trailing-drawdown',
  objection(intent, view, { trailingDrawdown: allowed, most }) {
    setDifference(fall, view.peak, view.profit);
    if (isBelow(fall, most.trailingDrawdown) || !growsExposure(intent, view)) return undefined;
    return { seen: nanosOf(fall) / NANOS_PER_UNIT, allowed };
  },
};
