/** The venue's end of a FIX session: requests in, reports out, whatever carries the bytes. */
import { type Clock, OutriderError, type Timers } from '#engine';
import type { Instrument } from '#market';
import { decodeMessage } from '../fix/codec.ts';
import type { ApplicationMessage } from '../fix/message.ts';
import { parseMessage } from '../fix/parse.ts';
import { formatUtcTimestamp } from '../fix/timestamp.ts';
import { sessionConfig } from '../session/config.ts';
import { connectSession, type SessionConnection } from '../session/connection.ts';
import { newSession } from '../session/state.ts';
import type { SentStore } from '../session/store.ts';
import type { VenueEvent, VenueMarket } from './market.ts';
import { createVenue } from './venue.ts';

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
};

export type Counterparty = Pick<SessionConnection, 'opened'> & {
  /** What the market did by itself, to be reported. */
  onMarket(events: readonly VenueEvent[]): void;
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
  });
  report(venue.resume(now()));
  return {
    opened: wire => session.opened(wire),
    onMarket: events => report(venue.onEvents(events, now())),
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
