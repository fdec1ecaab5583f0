/** The order rules of one instrument as docs/gateway.md has them: what a desk has to ask for. */
import type { Wish } from './read-log.ts';
import type { Units } from './units.ts';

export type Side = 1 | -1;

/** What must leave: a new order (D), a replace (G) or a cancel (F). */
export type Request = {
  /** Offset of the log record that it answers. */
  record: number;
  type: 'D' | 'G' | 'F';
  clOrdId: string;
  origClOrdId: string;
  instrument: number;
  venue: number;
  side: Side;
  lots: number;
  limitIncrements: number;
  postOnly: boolean;
  timeInForce: string;
};

export type Pending = {
  type: Request['type'];
  clOrdId: string;
  lots: number;
  limitIncrements: number;
};

export type Order = {
  venue: number;
  clOrdId: string;
  side: Side;
  lots: number;
  filledLots: number;
  limitIncrements: number;
  postOnly: boolean;
  pending: Pending | undefined;
  /** Nothing new before the venue has said how it stands. */
  isUnknown: boolean;
};

export type DeskModel = {
  instrument: number;
  units: Units;
  strategy: number;
  /** An execution policy works the wish: it says itself which orders should stand, and where. */
  isPolicy: boolean;
  wish: Wish | undefined;
  /** At most one where no policy works it. */
  orders: Order[];
  /** By each ClOrdID that it had: what has ended may still be filled. */
  ended: Map<string, Order>;
  positionLots: number;
};

/** What the gateway as a whole allows a desk at this moment. */
export type Permission = {
  isLoggedOn: boolean;
  isStopping: boolean;
  isKilled: boolean;
  /** A new or replacing order of this wish passes the risk check. */
  isAllowed(wish: Wish): boolean;
  /** The next ClOrdID. */
  nextId(): string;
  ask(request: Omit<Request, 'record'>): void;
};

/** Where no policy works a wish, its order stands there, for the day. */
const FIRST_VENUE = 0;
const DAY = '0';

/** At most one request: what the wish lacks, or the cancel of what must not work. */
export function workDesk(desk: DeskModel, permission: Permission): void {
  const { wish, positionLots } = desk;
  const [order] = desk.orders;
  if (!permission.isLoggedOn) return;
  if (permission.isStopping || (permission.isKilled && order !== undefined)) {
    if (order !== undefined && order.pending === undefined) cancel(desk, order, permission);
    return;
  }
  if (wish === undefined || order?.pending !== undefined || order?.isUnknown === true) return;
  const missing = wish.style === 'wait' ? 0 : wish.desiredLots - positionLots;
  const side: Side = missing > 0 ? 1 : -1;
  const lots = Math.abs(missing);
  const postOnly = wish.style === 'join';
  if (order === undefined) {
    if (lots === 0 || permission.isKilled || !permission.isAllowed(wish)) return;
    const { limitIncrements } = wish;
    const terms = { clOrdId: permission.nextId(), side, lots, limitIncrements };
    const pending: Pending = { type: 'D', ...terms };
    const begun = { filledLots: 0, pending, isUnknown: false };
    desk.orders.push({ ...terms, ...begun, venue: FIRST_VENUE, postOnly });
    ask(desk, { ...terms, type: 'D', origClOrdId: '', postOnly }, permission);
    return;
  }
  if (lots === 0 || side !== order.side || postOnly !== order.postOnly) {
    cancel(desk, order, permission);
    return;
  }
  const total = order.filledLots + lots;
  if (wish.limitIncrements === order.limitIncrements && total === order.lots) return;
  if (!permission.isAllowed(wish)) return;
  const { limitIncrements } = wish;
  const terms = { clOrdId: permission.nextId(), lots: total, limitIncrements };
  change(desk, { order, pending: { type: 'G', ...terms } }, permission);
}

function cancel(desk: DeskModel, order: Order, permission: Permission): void {
  const { lots, limitIncrements } = order;
  const terms = { clOrdId: permission.nextId(), lots, limitIncrements };
  change(desk, { order, pending: { type: 'F', ...terms } }, permission);
}

function change(
  desk: DeskModel,
  { order, pending }: { order: Order; pending: Pending },
  permission: Permission,
): void {
  order.pending = pending;
  const { side, postOnly, clOrdId: origClOrdId } = order;
  ask(desk, { ...pending, origClOrdId, side, postOnly }, permission);
}

/** The desk's order that one of these names. */
export const ownOrder = ({ orders }: DeskModel, names: readonly string[]): Order | undefined =>
  orders.find(
    ({ clOrdId, pending }) => names.includes(clOrdId) || names.includes(pending?.clOrdId ?? ''),
  );

function ask(
  { instrument }: DeskModel,
  terms: Omit<Request, 'record' | 'instrument' | 'venue' | 'timeInForce'>,
  permission: Permission,
): void {
  permission.ask({ ...terms, instrument, venue: FIRST_VENUE, timeInForce: DAY });
}
