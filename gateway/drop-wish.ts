/** A desk that nobody wishes for any more: what works for it is cancelled, and nothing opens. */
import { workOf } from './execution/plan-desk.ts';
import { dropWish } from './execution/work.ts';
import type { Desk } from './order/desk.ts';
import { restingWish } from './order/resting-wish.ts';
import type { GatewayState } from './state.ts';

/** The desk is to be worked afterwards; it trades again with its next signal. */
export function dropWishOf(state: GatewayState, desk: Desk): void {
  desk.signal = restingWish(desk, state.nowNs);
  const work = workOf(state, desk);
  if (work !== undefined) dropWish(work);
}
