/** The gateway after the law: a signal becomes at most one order at a time, checked and sent. */
import type { Instrument, Quote } from '#market';
import type { Wish } from './decide.ts';
import { decimal, newSession, type SessionTerms, send, timestamp } from './fix.ts';
import { midOf } from './market-time.ts';
import { type Account, incrementNanos, isApproved, type Limits, markAccounts } from './risk.ts';
import * as venue from './venue.ts';

type Signal = Wish & { quote: Quote; forecastTimeNs: number };

export type Terms = { session: SessionTerms; limits: Limits; venue: venue.VenueRules };

export type Gateway = ReturnType<typeof newGateway>;

export const newGateway = (terms: Terms, originNs: bigint, instruments: Instrument[]) => ({
  fix: newSession(terms.session, originNs),
  limits: terms.limits,
  rules: terms.venue,
  desks: instruments.map(newDesk),
  accounts: new Map<string, Account>(),
  /** Times of the new and replaced orders of the last second. */
  orderTimes: [] as number[],
  orders: 0,
  refused: {} as Record<string, number>,
});

export type Desk = ReturnType<typeof newDesk>;

/** What is held, wished for and working in one instrument. */
const newDesk = (instrument: Instrument) => ({
  instrument,
  position: 0,
  cash: 0n,
  /** Mid of the latest signal's quote: what positions are worth. */
  mark: 0,
  signal: undefined as Signal | undefined,
  order: undefined as venue.Order | undefined,
  book: undefined as venue.Book | undefined,
});

/** The venue sees a quote first; what it fills reaches the position before anyone decides. */
export function onQuote(gateway: Gateway, quote: Quote): void {
  const desk = gateway.desks[quote.instrument]!;
  desk.book = venue.newBook(quote, gateway.rules);
  if (desk.order !== undefined) book(gateway, desk, venue.fillOnQuote(desk.book, desk.order));
}

export function onSignal(gateway: Gateway, signal: Signal): void {
  const desk = gateway.desks[signal.quote.instrument]!;
  desk.signal = signal;
  desk.mark = midOf(signal.quote);
  markAccounts(gateway);
  work(gateway, desk);
}

/** Working orders are cancelled before the logout. */
export function stop(gateway: Gateway): void {
  for (const desk of gateway.desks) if (desk.order !== undefined) cancel(gateway, desk);
  if (gateway.fix.sent.length > 0) send(gateway.fix, '5', []);
}

/** What the position lacks of the signal's wish becomes at most one new, replace or cancel. */
function work(gateway: Gateway, desk: Desk): void {
  const { signal, order } = desk;
  if (signal === undefined) return;
  const missing = signal.style === 'wait' ? 0 : signal.desiredLots - desk.position;
  const side = missing > 0 ? 1 : -1;
  const lots = Math.abs(missing);
  const limit = signal.limitIncrements;
  const postOnly = signal.style === 'join';
  if (order === undefined) {
    if (lots === 0 || !isApproved(gateway, desk, { side, lots, limit })) return;
    place(gateway, desk, { id: nextId(gateway), side, lots, filled: 0, limit, postOnly });
  } else if (lots === 0 || side !== order.side || postOnly !== order.postOnly) {
    cancel(gateway, desk);
    work(gateway, desk);
  } else {
    const total = order.filled + lots;
    if (limit === order.limit && total === order.lots) return;
    if (!isApproved(gateway, desk, { side, lots, limit })) return;
    place(gateway, desk, { ...order, id: nextId(gateway), lots: total, limit });
  }
}

/** What the venue refuses leaves an older order as it was, and waits for the next signal. */
function place(gateway: Gateway, desk: Desk, order: venue.Order): void {
  sendOrder(gateway, desk, { ...order, type: desk.order === undefined ? 'D' : 'G' });
  if (!venue.accepts(desk.book!, order, gateway.rules)) {
    desk.signal = undefined;
    return;
  }
  desk.order = order;
  book(gateway, desk, venue.fillOnArrival(desk.book!, order));
}

function cancel(gateway: Gateway, desk: Desk): void {
  sendOrder(gateway, desk, { ...desk.order!, id: nextId(gateway), type: 'F' });
  desk.order = undefined;
}

/** Books a fill of the working order, and works on. */
function book(gateway: Gateway, desk: Desk, fill: venue.Fill | undefined): void {
  if (fill === undefined) return;
  const { instrument } = desk;
  const order = desk.order!;
  const value = BigInt(fill.price) * BigInt(fill.lots) * incrementNanos(instrument);
  desk.position += order.side * fill.lots;
  desk.cash -= BigInt(order.side) * value;
  desk.cash -= (value * BigInt(instrument.feePerMillion)) / 1_000_000n;
  if (order.filled === order.lots) desk.order = undefined;
  work(gateway, desk);
}

function nextId(gateway: Gateway): string {
  const day = timestamp(gateway.fix).slice(0, 8);
  return `${day}-${String(++gateway.orders).padStart(6, '0')}`;
}

/** New, replace or cancel; the desk's order is the one that the latter two are about. */
function sendOrder({ fix }: Gateway, desk: Desk, order: venue.Order & { type: 'D' | 'G' | 'F' }) {
  const { instrument, order: original } = desk;
  const isPriced = order.type !== 'F';
  send(fix, order.type, [
    `11=${order.id}`,
    isPriced && order.postOnly && '18=6',
    isPriced && '21=1',
    `38=${decimal(order.lots, instrument.lotSize)}`,
    isPriced && '40=2',
    original !== undefined && `41=${original.id}`,
    isPriced && `44=${decimal(order.limit, instrument.priceIncrement)}`,
    `54=${order.side === 1 ? 1 : 2}`,
    `55=${instrument.venueSymbol}`,
    isPriced && '59=0',
    `60=${timestamp(fix)}`,
  ]);
}
