/** Price collar: a limit stays within some basis points of the mid it was decided at. */
import type { Control } from './control.ts';

export const priceCollar: Control = {
  name: 'price-collar',
  objection({ midHalfIncrements: mid, limitIncrements }, _view, { collarBasisPoints }) {
    const distance = Math.abs(2 * limitIncrements - mid) * 10_000;
    if (distance <= collarBasisPoints * mid) return undefined;
    return { seen: Math.ceil(distance / mid), allowed: collarBasisPoints };
  },
};
