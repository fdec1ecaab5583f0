/** Questions to a venue about an order of ours: nothing new leaves for it until the answer. */
import type { AtVenue } from './at-venue.ts';
import type { Desk } from './order/desk.ts';
import { statusMessage } from './order/messages.ts';
import type { WorkingOrder } from './order/working-order.ts';
import { tellVenue } from './tell-venue.ts';
import { symbolAt } from './venue-terms.ts';

/** The venue is logged on. */
export function askAfter(at: AtVenue, { desk, order }: { desk: Desk; order: WorkingOrder }): void {
  const { state, venue } = at;
  order.isUnknown = true;
  const symbol = symbolAt(venue.terms, state.config.instruments[desk.instrument]!);
  tellVenue(at, statusMessage(order, symbol));
}
