/** Trailing drawdown: so far below the highest profit the exposure may shrink but not grow. */
import { type Control, growsExposure, NANOS_PER_UNIT } from './control.ts';

export const trailingDrawdown: Control = {
  name: 'trailing-drawdown',
  objection(intent, view, { trailingDrawdown: allowed }) {
    const fallNanos = view.peakNanos - view.profitNanos;
    if (fallNanos < BigInt(allowed) * NANOS_PER_UNIT) return undefined;
    return growsExposure(intent, view) ? { seen: fallNanos / NANOS_PER_UNIT, allowed } : undefined;
  },
};
