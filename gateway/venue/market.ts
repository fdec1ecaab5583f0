/** What a market at the venue takes and answers, whether a simulated book or recorded quotes. */

export type Side = 'buy' | 'sell';

export type VenueOrder = {
  /** The venue's own id of the order, unique for its life. */
  orderId: number;
  /** Index into the venue's instrument table. */
  instrument: number;
  side: Side;
  quantityLots: number;
  limitIncrements: number;
  /** Refused instead of filled when it would trade on arrival. */
  postOnly: boolean;
};

export type RejectReason =
  | 'no-quote'
  | 'post-only-would-trade'
  | 'price-out-of-band'
  | 'unknown-order'
  | 'duplicate-id'
  | 'too-late';

/** Appended to the caller's buffer in the order they happen. */
export type VenueEvent =
  | { kind: 'accepted'; orderId: number }
  | { kind: 'rejected'; orderId: number; reason: RejectReason }
  | {
      kind: 'filled';
      orderId: number;
      priceIncrements: number;
      quantityLots: number;
      leavesLots: number;
    }
  | {
      kind: 'replaced';
      orderId: number;
      quantityLots: number;
      limitIncrements: number;
      leavesLots: number;
    }
  | { kind: 'cancelled'; orderId: number }
  | { kind: 'cancel-rejected'; orderId: number; reason: RejectReason };

/** What a market shows an order of a side. */
export type MarketLook = {
  /** The best price it could trade at. */
  farIncrements: number;
  /** The furthest limit that is taken. */
  furthestIncrements: number;
};

/** Deterministic: the events depend on the calls and their order alone. */
export type VenueMarket = {
  submit(order: VenueOrder, events: VenueEvent[]): void;
  /** New total quantity (filled part included) and limit; `too-late` when nothing is left. */
  replace(
    change: { orderId: number; quantityLots: number; limitIncrements: number },
    events: VenueEvent[],
  ): void;
  cancel(orderId: number, events: VenueEvent[]): void;
  /** Undefined where nothing is shown. */
  look(instrument: number, side: Side): MarketLook | undefined;
  /** Lots that an order would trade on arrival. */
  fillableLots(order: Pick<VenueOrder, 'instrument' | 'side' | 'limitIncrements'>): number;
  /**
   * An order that rested in an earlier market of which so much is filled: it rests here, behind
   * the others at its price, or trades what its limit reaches now.
   */
  restore(order: VenueOrder, filledLots: number, events: VenueEvent[]): void;
};
