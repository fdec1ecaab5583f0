/** What the gateway and one venue have agreed on: names, session, and what orders it takes. */
import type { Nanoseconds } from '#engine';
import type { Instrument } from '#market';
import { ORDER_TYPES, type OrderType, TIMES_IN_FORCE, type TimeInForce } from './order/terms.ts';
import type { SessionConfig } from './session/config.ts';

/** Of the session, beside names and heartbeat. */
export type SessionTerms = Partial<
  Pick<SessionConfig, 'credentials' | 'nextExpectedMsgSeqNum' | 'resendRequestChunk' | 'schedule'>
>;

export type VenueTerms = {
  /** Names it in reports and limits. */
  name: string;
  senderCompId: string;
  targetCompId: string;
  heartbeatNs: Nanoseconds;
  session?: SessionTerms | undefined;
  /** Symbol (55) by our own symbol, where it is not the instrument's `venueSymbol`. */
  symbols?: Readonly<Record<string, string>> | undefined;
  orderTypes: readonly OrderType[];
  timesInForce: readonly TimeInForce[];
  /** It has ExecInst (18=6): an order that would trade at once is refused. */
  hasPostOnly: boolean;
  /** It answers OrderMassStatusRequest (AF): orders that are none of ours come to light. */
  hasMassStatus: boolean;
  /** It answers OrderMassCancelRequest (q), of all orders (530=7) and of a security (530=1). */
  hasMassCancel: boolean;
  /** It has quotes of its own: without a young one it is not asked, whatever the edge's say. */
  hasFeed?: boolean | undefined;
  /** It takes DontKnowTrade (Q): executions of orders that are none of ours are disowned. */
  hasDontKnowTrade: boolean;
  /** Of the value traded, in millionths; the instrument's own fee where it is left out. */
  feePerMillion?: { maker: number; taker: number } | undefined;
};

/** The one venue of a gateway without a desk file; it takes whatever an order can be. */
export function referenceVenue(
  parties: Pick<VenueTerms, 'senderCompId' | 'targetCompId' | 'heartbeatNs' | 'session'>,
): VenueTerms {
  return {
    ...parties,
    name: 'venue',
    orderTypes: ORDER_TYPES,
    timesInForce: TIMES_IN_FORCE,
    ...{ hasPostOnly: true, hasMassStatus: false, hasMassCancel: false },
    hasDontKnowTrade: false,
  };
}

type OrderTerms = { type: OrderType; timeInForce: TimeInForce; postOnly: boolean };

/** What the venue does not take of an order, in words; undefined where it takes all. */
export function notTaken(venue: VenueTerms, order: OrderTerms): string | undefined {
  if (!venue.orderTypes.includes(order.type)) return `${order.type} orders`;
  if (!venue.timesInForce.includes(order.timeInForce)) return `orders for ${order.timeInForce}`;
  return order.postOnly && !venue.hasPostOnly ? 'post-only orders' : undefined;
}

/** Symbol (55) of an instrument at a venue. */
export function symbolAt({ symbols }: VenueTerms, { symbol, venueSymbol }: Instrument): string {
  return symbols?.[symbol] ?? venueSymbol;
}
