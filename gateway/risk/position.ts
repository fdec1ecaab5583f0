/** Position: what is held and what is open together stay within the limit. */
import { type Control, exposureAfter } from './control.ts';

export const position: Control = {
  name: 'position',
  objection(intent, view, { positionLots: allowed }) {
    const seen = Math.abs(exposureAfter(intent, view));
    return seen > allowed ? { seen, allowed } : undefined;
  },
};
