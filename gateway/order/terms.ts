/** How an order trades and how long it stands, as a venue may offer it. */

/** Buys or sells. */
export type Side = 1 | -1;

/** OrdType (40): at any price, up to a limit, or a market order once a stop price is reached. */
export type OrderType = 'market' | 'limit' | 'stop';
export const ORDER_TYPES: readonly OrderType[] = ['market', 'limit', 'stop'];

/** TimeInForce (59): the day, until cancelled, or at once: what can be, or all of it. */
export type TimeInForce = 'day' | 'gtc' | 'ioc' | 'fok';
export const TIMES_IN_FORCE: readonly TimeInForce[] = ['day', 'gtc', 'ioc', 'fok'];
