/** The venue's end of a FIX session: requests in, reports out, whatever carries the bytes. */
import { type Clock, OutriderError, type Timers } from '#engine';
import type { Instrument } from '#market';
import { createPlainOrders, type Kernels, PLAIN_ORDER } from '#native';
import { decodeMessage } from '../fix/codec.ts';
import type { ApplicationMessage } from '../fix/message.ts';
import { parseMessage } from '../fix/parse.ts';
import { formatUtcTimestamp } from '../fix/timestamp.ts';
import { wireUnits } from '../order/quantity.ts';
import { sessionConfig } from '../session/config.ts';
import { connectSession, type SessionConnection } from '../session/connection.ts';
import type { PlainPort } from '../session/plain.ts';
import { newSession } from '../session/state.ts';
import type { SentStore } from '../session/store.ts';
import type { VenueEvent, VenueMarket } from './market.ts';
import type { OrderCounts } from './order-counts.ts';
import type { VenueCall } from './telephone.ts';
import { createVenue, type Venue } from './venue.ts';

export type CounterpartyOptions = {
  originNs: bigint;
  instruments: readonly Instrument[];
  market: VenueMarket;
  senderCompId: string;
  targetCompId: string;
  heartbeatNs: number;
  /** Orders of an earlier process are made of what it says that process reported. */
  store: SentStore;
  clock: Clock;
  timers: Timers;
  /** Those that take plain orders the short way; the process's own by default. */
  kernels?: Kernels;
};

export type Counterparty = Pick<SessionConnection, 'opened'> & {
  /** What the market did by itself, to be reported. */
  onMarket(events: readonly VenueEvent[]): void;
  /** What its desk is asked to by telephone; throws `bad-usage` where that cannot be. */
  onCall(call: VenueCall): void;
  status(): CounterpartyStatus;
};

export type CounterpartyStatus = OrderCounts & {
  /** The other side is logged on. */
  readonly isUp: boolean;
};

export function createCounterparty(options: CounterpartyOptions): Counterparty {
  const { originNs, senderCompId, targetCompId, heartbeatNs, store, clock, timers } = options;
  const agreed = { senderCompId, targetCompId, originNs, heartbeatNs };
  const state = newSession(sessionConfig({ role: 'acceptor', ...agreed }), store);
  const venue = createVenue(options.market, options.instruments, messagesOf(store));
  const now = () => formatUtcTimestamp(originNs, clock.nowNs());
  const report = (messages: ApplicationMessage[]) => {
    for (const message of messages) session.send(message);
  };
  const session: SessionConnection = connectSession(state, {
    clock,
    timers,
    onNotice(notice) {
      if (notice.kind === 'deliver') report(venue.onMessage(notice.message, now()));
    },
    onDisconnect() {},
    plain: plainPort(options, venue, { now, report }),
  });
  report(venue.resume(now()));
  return {
    opened: wire => session.opened(wire),
    onMarket: events => report(venue.onEvents(events, now())),
    onCall: call => report(venue.onCall(call, now())),
    status: () => ({ ...venue.counts(), isUp: state.status === 'active' }),
  };
}

/** Reports that wait for the end of a turn: those of 256 orders, and more. */
const REPORTS_BYTES = 262_144;

function plainPort(
  { senderCompId, targetCompId, instruments, kernels }: CounterpartyOptions,
  venue: Venue,
  { now, report }: { now(): string; report(messages: ApplicationMessage[]): void },
): PlainPort {
  const listed = instruments.map(row => ({ ...wireUnits(row), symbol: row.venueSymbol }));
  // A venue may show a price of nothing with other decimals than its prices.
  const isPlain = listed.every((row, at) => row.priceDecimals === instruments[at]!.priceDecimals);
  let text = Buffer.alloc(0);
  let clOrdId = '';
  return {
    bind(scan) {
      const { buffer, byteOffset, length } = scan.bytes;
      text = Buffer.from(buffer as ArrayBuffer, byteOffset, length);
      const names = { senderCompId, targetCompId, instruments: listed };
      const options = { ...names, scan, reportsBytes: REPORTS_BYTES };
      return isPlain ? createPlainOrders(options, kernels) : undefined;
    },
    accepts({ order }) {
      const [start, end] = [order[PLAIN_ORDER.clOrdIdStart], order[PLAIN_ORDER.clOrdIdEnd]];
      clOrdId = text.toString('latin1', start, end);
      return venue.isNew(clOrdId);
    },
    onOrder: (numbers, reply) => report(venue.onPlain({ clOrdId, numbers, reply }, now)),
  };
}

function* messagesOf(store: SentStore): Iterable<ApplicationMessage> {
  for (const bytes of store.history()) {
    const view = parseMessage(bytes);
    const message = view.kind === 'view' ? decodeMessage(view).message : undefined;
    if (message === undefined) {
      const remedy = 'begin anew in another directory';
      throw new OutriderError('bad-data', `the session's store holds no FIX messages: ${remedy}`);
    }
    if (message.msgType === '8') yield message;
  }
}
