/** Tick age: an order rests on a tick that is not older than the limit, from its injection on. */
import type { Control } from './control.ts';

export const tickAge: Control = {
  name: 'tick-age',
  objection({ tickTimeNs }, { nowNs }, { tickAgeNs }) {
    const seen = nowNs - tickTimeNs;
    return seen > tickAgeNs ? { seen, allowed: tickAgeNs } : undefined;
  },
};
