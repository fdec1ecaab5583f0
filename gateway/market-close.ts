/** What a market's close, by the calendars of a desk file, does to what rests in it. */
import { workOf } from './execution/plan-desk.ts';
import { dropWish } from './execution/work.ts';
import { isMarketClosed, isVenueClosed } from './hours.ts';
import type { Desk } from './order/desk.ts';
import { restingWish } from './order/resting-wish.ts';
import { type GatewayState, strategyAt } from './state.ts';

export const cancelsAtClose = (state: GatewayState, { strategy }: Desk): boolean =>
  strategyAt(state, strategy).atClose === 'cancel';

/** Whether the instrument, or the venue, is outside the hours of its calendar. */
export const isClosedFor = (
  { tables, nowNs }: GatewayState,
  venue: number,
  instrument: number,
): boolean => isVenueClosed(tables, venue, nowNs) || isMarketClosed(tables, instrument, nowNs);

/**
 * After an edge of the calendars: wishes of strategies that cancel at a close end with the hours
 * of their instrument, and nothing resumes when it opens. True where desks are to look again.
 */
export function closeMarkets(state: GatewayState): boolean {
  const { desks, tables, nowNs } = state;
  let isAny = false;
  for (const desk of desks) {
    if (!cancelsAtClose(state, desk)) continue;
    isAny = true;
    if (!isMarketClosed(tables, desk.instrument, nowNs)) continue;
    desk.signal = restingWish(desk, nowNs);
    const work = workOf(state, desk);
    if (work !== undefined) dropWish(work);
  }
  return isAny;
}
