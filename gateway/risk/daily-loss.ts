/** Daily loss: past it the exposure may shrink but not grow until the next UTC day. */
import { createAmount, isBelow, nanosOf, setDifference } from '../account/amount.ts';
import { type Control, growsExposure } from './control.ts';
import { NANOS_PER_UNIT } from './limits.ts';

const loss = createAmount();

export const dailyLoss: Control = {
  name: 'daily-loss',
  objection(intent, view, { dailyLoss: allowed, most }) {
    setDifference(loss, view.dayStart, view.profit);
    if (isBelow(loss, most.dailyLoss) || !growsExposure(intent, view)) return undefined;
    return { seen: nanosOf(loss) / NANOS_PER_UNIT, allowed };
  },
};
