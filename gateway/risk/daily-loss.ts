/** Daily loss: past it the exposure may shrink but not grow until the next UTC day. */
import { type Control, growsExposure, NANOS_PER_UNIT } from './control.ts';

export const dailyLoss: Control = {
  name: 'daily-loss',
  objection(intent, view, { dailyLoss: allowed }) {
    const lossNanos = view.dayStartNanos - view.profitNanos;
    if (lossNanos < BigInt(allowed) * NANOS_PER_UNIT) return undefined;
    return growsExposure(intent, view) ? { seen: lossNanos / NANOS_PER_UNIT, allowed } : undefined;
  },
};
