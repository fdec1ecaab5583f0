/** The venue's end of a FIX session: requests in, reports out, whatever carries the bytes. */
import type { Clock, Timers } from '#engine';
import type { Instrument } from '#market';
import type { ApplicationMessage } from '../fix/message.ts';
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
  const venue = createVenue(options.market, options.instruments);
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
  return {
    opened: wire => session.opened(wire),
    onMarket: events => report(venue.onEvents(events, now())),
  };
}
