/** What a plan wants to stand at a venue for a desk's wish. */
import type { OrderType, Side, TimeInForce } from './terms.ts';

export type Target = {
  /** Names the child that works for it for as long as the plan keeps it; unique within a plan. */
  key: number;
  venue: number;
  side: Side;
  /** Lots to be left working; what the child has filled before is not in it. */
  lots: number;
  type: OrderType;
  timeInForce: TimeInForce;
  postOnly: boolean;
  limitIncrements: number;
  stopIncrements: number;
};

export const createTarget = (): Target => ({
  ...{ key: 0, venue: 0, side: 1, lots: 0, type: 'limit', timeInForce: 'day', postOnly: false },
  ...{ limitIncrements: 0, stopIncrements: 0 },
});
