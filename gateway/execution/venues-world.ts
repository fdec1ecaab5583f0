/** A gateway before several paper venues, each with a market of its own, on one virtual clock. */
import { type Nanoseconds, type VirtualTime, virtualTime } from '#engine';
import type { GatewayEvent } from '../event.ts';
import { createGateway, type Gateway, type GatewayPorts } from '../gateway.ts';
import { CONFIG, INSTRUMENTS, START_NS, signalAt } from '../paper-world.ts';
import type { WireHandler } from '../session/connection.ts';
import { memoryStore } from '../session/memory-store.ts';
import type { Signal } from '../signal.ts';
import type { GatewayConfig } from '../state.ts';
import { type MarketTally, QUOTE_SIZE_LOTS, talliedMarket } from '../tallied-market.ts';
import { type Counterparty, createCounterparty } from '../venue/counterparty.ts';
import type { VenueEvent } from '../venue/market.ts';
import type { RecordedMarket } from '../venue/recorded-market.ts';
import { referenceVenue, type VenueTerms } from '../venue-terms.ts';
import type { ExecutionPolicy } from './policy.ts';
import type { ParentNews } from './work.ts';

const DELAY_NS = 1_000_000;

type VenueEnd = {
  market: RecordedMarket;
  /** What the market did, counted apart from all FIX. */
  tally: MarketTally;
  counterparty: Counterparty;
  wire: WireHandler | undefined;
};

export type VenuesWorld = {
  readonly time: VirtualTime;
  readonly gateway: Gateway;
  readonly log: GatewayEvent[];
  /** All bytes that were sent, venue by venue in their order. */
  readonly sent: Buffer[];
  readonly parents: ParentNews[];
  readonly ends: readonly VenueEnd[];
  connect(venue: number): void;
  cut(venue: number): void;
  /** The process ends and another one takes up the log; not connected. */
  restart(): void;
  /** Of the venue's market, and of its record at the gateway, with what was traded before. */
  quote(venue: number, bid: number, given?: { spread?: number; tradedLots?: number }): void;
  signal(wish: Partial<Signal>): void;
  wait(durationNs: Nanoseconds): void;
};

/** One instrument, one strategy, wide limits. */
export function venuesConfig(
  execution: ExecutionPolicy,
  venues: readonly Partial<VenueTerms>[],
): GatewayConfig {
  const limits = { positionLots: 5000, orderValue: 1e9, ordersPerSecond: 1000 };
  return {
    ...CONFIG,
    instruments: INSTRUMENTS.slice(0, 1),
    limits: { ...CONFIG.limits, ...limits, dailyLoss: 1e9, trailingDrawdown: 1e9 },
    strategies: [{ name: 'alpha', account: 'account', execution }],
    venues: venues.map((differing, at) => ({
      ...referenceVenue({
        ...{ senderCompId: 'DESK', targetCompId: `VENUE${at}`, heartbeatNs: 30_000_000_000 },
      }),
      ...{ name: `venue-${at}`, ...differing },
    })),
  };
}

export function venuesWorld(config: GatewayConfig): VenuesWorld {
  const time = virtualTime(START_NS);
  const log: GatewayEvent[] = [];
  const sent: Buffer[] = [];
  const parents: ParentNews[] = [];
  const ends = config.venues.map((_, venue) => venueEnd(config, venue, time));
  const later = (venue: number, callback: () => void) => {
    const { wire } = ends[venue]!;
    time.at(time.nowNs() + DELAY_NS, () => ends[venue]!.wire === wire && callback());
  };
  const cut = (venue: number) => {
    if (hangUp(ends[venue]!)) gateway.onDisconnected(venue);
  };
  const ports: GatewayPorts = {
    ...{ clock: time, timers: time, journal: event => log.push(structuredClone(event)) },
    send(bytes, venue) {
      sent.push(bytes);
      later(venue, () => ends[venue]!.wire?.onBytes(bytes));
    },
    disconnect: (_, venue) => time.at(time.nowNs(), () => cut(venue)),
    onPosition() {},
    onEffects: effects => parents.push(...effects.parents),
  };
  let gateway = createGateway(config, ports);
  return {
    ...{ time, log, sent, parents, ends, cut },
    get gateway() {
      return gateway;
    },
    restart() {
      gateway.close();
      for (const end of ends) hangUp(end);
      gateway = createGateway(config, ports, log.slice());
      gateway.restart();
    },
    connect(venue) {
      if (ends[venue]!.wire !== undefined) return;
      const write = (bytes: Uint8Array) => later(venue, () => gateway.onBytes(bytes, venue));
      const end = () => later(venue, () => cut(venue));
      ends[venue]!.wire = ends[venue]!.counterparty.opened({ write, end });
      gateway.onConnected(venue);
    },
    quote(venue, bidIncrements, { spread = 2, tradedLots = 0 } = {}) {
      const prices = { instrument: 0, bidIncrements, askIncrements: bidIncrements + spread };
      const { market, counterparty } = ends[venue]!;
      const events: VenueEvent[] = [];
      market.onQuote({ kind: 'quote', exchangeTimeNs: time.nowNs(), ...prices }, events);
      counterparty.onMarket(events);
      const sizes = { bidLots: QUOTE_SIZE_LOTS, askLots: QUOTE_SIZE_LOTS, tradedLots };
      gateway.onQuote({ venue, ...prices, ...sizes, tickTimeNs: time.nowNs() });
    },
    signal: wish => gateway.onSignal(signalAt(time.nowNs(), wish)),
    wait: durationNs => time.advanceTo(time.nowNs() + durationNs),
  };
}

/** Whether there was a connection to end. */
function hangUp(end: VenueEnd): boolean {
  const { wire } = end;
  end.wire = undefined;
  wire?.onClose();
  return wire !== undefined;
}

function venueEnd(config: GatewayConfig, at: number, time: VirtualTime): VenueEnd {
  const { market, tally } = talliedMarket(config);
  const { originNs, instruments, venues } = config;
  const { senderCompId, targetCompId, heartbeatNs } = venues[at]!;
  const counterparty = createCounterparty({
    ...{ originNs, instruments, market, heartbeatNs, clock: time, timers: time },
    ...{ senderCompId: targetCompId, targetCompId: senderCompId, store: memoryStore() },
  });
  return { market, tally, counterparty, wire: undefined };
}

/** What all venues together traded for the desk. */
export const tradedLots = ({ ends }: VenuesWorld): number =>
  ends.reduce((sum, { tally }) => sum + tally.positionLots[0]!, 0);
