/** Paper venues of the replay measurement: each a market of its own behind a real FIX session. */
import { MICROSECOND_NS, type VirtualTime } from '#engine';
import {
  type Counterparty,
  createCounterparty,
  type Gateway,
  type GatewayConfig,
  memoryStore,
  type RecordedMarket,
  recordedMarket,
  type VenueEvent,
} from '#gateway';

/** One way between gateway and venue. */
const DELAY_NS = 300 * MICROSECOND_NS;

export type MixedVenues = {
  quote(venue: number, instrument: number, prices: { bid: number; ask: number }): void;
  /** Bytes of the gateway; lost where no connection stands. */
  deliver(venue: number, bytes: Buffer): void;
  connect(venue: number): void;
  /** Bytes under way are lost. */
  cut(venue: number): void;
  /** The gateway's process ended: it hears of no end of a connection. */
  hangUp(): void;
};

type End = {
  market: RecordedMarket;
  counterparty: Counterparty;
  wire: ReturnType<Counterparty['opened']> | undefined;
};

/** `gateway` is asked for with each use: a restart makes another. */
export function mixedVenues(
  config: GatewayConfig,
  time: VirtualTime,
  gateway: () => Gateway,
): MixedVenues {
  const ends = config.venues.map((_, venue) => openEnd(config, venue, time));
  const later = (venue: number, callback: () => void) => {
    const { wire } = ends[venue]!;
    time.at(time.nowNs() + DELAY_NS, () => ends[venue]!.wire === wire && callback());
  };
  const close = (end: End) => {
    const { wire } = end;
    end.wire = undefined;
    wire?.onClose();
    return wire !== undefined;
  };
  const cut = (venue: number) => {
    if (close(ends[venue]!)) gateway().onDisconnected(venue);
  };
  return {
    cut,
    quote(venue, instrument, { bid, ask }) {
      const { market, counterparty } = ends[venue]!;
      const prices = { bidIncrements: bid, askIncrements: ask, exchangeTimeNs: time.nowNs() };
      const events: VenueEvent[] = [];
      market.onQuote({ kind: 'quote', instrument, ...prices }, events);
      counterparty.onMarket(events);
    },
    deliver: (venue, bytes) => later(venue, () => ends[venue]!.wire?.onBytes(bytes)),
    connect(venue) {
      const end = ends[venue]!;
      if (end.wire !== undefined) return;
      const write = (bytes: Uint8Array) => later(venue, () => inPieces(gateway(), venue, bytes));
      end.wire = end.counterparty.opened({ write, end: () => later(venue, () => cut(venue)) });
      gateway().onConnected(venue);
    },
    hangUp: () => void ends.forEach(close),
  };
}

/** Every third time as a network may: cut in the middle of a message. */
function inPieces(gateway: Gateway, venue: number, bytes: Uint8Array): void {
  const cut = bytes.length % 3 === 0 ? bytes.length >> 1 : bytes.length;
  gateway.onBytes(bytes.slice(0, cut), venue);
  if (cut < bytes.length) gateway.onBytes(bytes.slice(cut), venue);
}

function openEnd(config: GatewayConfig, venue: number, time: VirtualTime): End {
  const { originNs, instruments, venues } = config;
  const { senderCompId, targetCompId, heartbeatNs } = venues[venue]!;
  const market = recordedMarket(
    instruments.map(() => ({ quoteSizeLots: 40, bandIncrements: 400 })),
  );
  const counterparty = createCounterparty({
    ...{ originNs, instruments, market, heartbeatNs, clock: time, timers: time },
    ...{ senderCompId: targetCompId, targetCompId: senderCompId, store: memoryStore() },
  });
  return { market, counterparty, wire: undefined };
}
