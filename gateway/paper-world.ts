/** A gateway and the paper venue on one virtual clock, with a tally of its own, for tests. */
import { type Nanoseconds, SECOND_NS, type VirtualTime, virtualTime } from '#engine';
import type { Instrument } from '#market';
import { clearGatewayEffects, createGatewayEffects, type GatewayEffects } from './effects.ts';
import type { GatewayEvent } from './event.ts';
import { createGateway, type Gateway, type GatewayPorts, type GatewayReplay } from './gateway.ts';
import type { OrderRequest } from './order/request.ts';
import type { WireHandler } from './session/connection.ts';
import { memoryStore } from './session/memory-store.ts';
import type { Signal } from './signal.ts';
import type { GatewayConfig } from './state.ts';
import { type MarketTally, talliedMarket } from './tallied-market.ts';
import { type Counterparty, createCounterparty } from './venue/counterparty.ts';
import type { VenueEvent, VenueMarket } from './venue/market.ts';
import type { RecordedMarket } from './venue/recorded-market.ts';
import { referenceVenue } from './venue-terms.ts';

export const START_NS = 36_000_000_000_000;

const TERMS = {
  multiplier: 1,
  calendar: 'fx-week',
  timeZone: 'UTC',
  feePerMillion: 20,
  validFrom: '2014-01-01',
  validTo: '2099-12-31',
  inferred: false,
} as const;

/** Two instruments of two currencies, their lots and increments of different decimals. */
export const INSTRUMENTS: Instrument[] = [
  {
    ...{ symbol: 'EURUSD', venueSymbol: 'EUR/USD', baseCurrency: 'EUR', quoteCurrency: 'USD' },
    ...{ priceIncrement: '0.00001', priceDecimals: 5, lotSize: '1000' },
    ...TERMS,
  },
  {
    ...{ symbol: 'BTCUSDT', venueSymbol: 'BTCUSDT', baseCurrency: 'BTC', quoteCurrency: 'USDT' },
    ...{ priceIncrement: '0.10', priceDecimals: 2, lotSize: '0.001' },
    ...TERMS,
  },
];

export const CONFIG: GatewayConfig = {
  originNs: 1_398_988_800_000_000_000n,
  instruments: INSTRUMENTS,
  limits: {
    ...{ positionLots: 20, orderValue: 1_000_000, ordersPerSecond: 4, collarBasisPoints: 50 },
    ...{ dailyLoss: 1_000_000, trailingDrawdown: 1_000_000 },
    ...{ tickAgeNs: 1_000_000_000, forecastAgeNs: 1_000_000_000 },
  },
  resendAgeNs: 500_000_000,
  venues: [
    referenceVenue({
      ...{ senderCompId: 'GATEWAY', targetCompId: 'VENUE', heartbeatNs: 30_000_000_000 },
    }),
  ],
};

/** What a step wanted done, copied: the effects themselves are used again. */
type SeenEffects = { requests: OrderRequest[] } & Pick<
  GatewayEffects,
  'refusals' | 'problems' | 'alerts' | 'outcomes'
>;

const kept = ({ requests, ...each }: GatewayEffects): SeenEffects => {
  const { refusals, problems, alerts, outcomes } = each;
  return structuredClone({ requests: [...requests.list], refusals, problems, alerts, outcomes });
};

/** All bytes that a replay of these events sends. */
export function replayedBytes(replay: GatewayReplay, events: Iterable<GatewayEvent>): Buffer {
  const effects = createGatewayEffects();
  const bytes: Buffer[] = [];
  for (const event of events) {
    replay.step(event, effects);
    for (const each of effects.outbound.list) bytes.push(Buffer.from(each));
    clearGatewayEffects(effects);
  }
  return Buffer.concat(bytes);
}

export type PaperWorld = {
  time: VirtualTime;
  readonly gateway: Gateway;
  tally: MarketTally;
  log: GatewayEvent[];
  effects: SeenEffects[];
  /** All bytes the gateway sent, whether they arrived or not. */
  sent: Buffer[];
  /** What the log answers to a record; it takes all while this is undefined. */
  diskError: Error | undefined;
  /** What the gateway said of its log. */
  stalls: (string | undefined)[];
  connect(): void;
  /** Ends the connection; bytes under way are lost. */
  cut(): void;
  /** The process ends and another one takes up the log; not connected. */
  restart(): void;
  quote(instrument: number, bid: number, ask: number): void;
  signal(wish: Partial<Signal>): void;
  wait(durationNs: Nanoseconds): void;
};

export function paperWorld(config = CONFIG, delayNs = 1_000_000): PaperWorld {
  const time = virtualTime(START_NS);
  const { market, tally } = talliedMarket(config);
  const counterparty = venueSide(config, market, time);
  const log: GatewayEvent[] = [];
  const effects: SeenEffects[] = [];
  const sent: Buffer[] = [];
  let wire: WireHandler | undefined;
  const later = (callback: () => void) => {
    const current = wire;
    time.at(time.nowNs() + delayNs, () => wire === current && callback());
  };
  const ports: GatewayPorts = {
    ...{ clock: time, timers: time },
    journal(event) {
      if (world.diskError !== undefined) throw world.diskError;
      log.push(event);
    },
    onStall: why => world.stalls.push(why),
    send(bytes) {
      sent.push(bytes);
      later(() => wire?.onBytes(bytes));
    },
    disconnect: () => time.at(time.nowNs(), cut),
    onPosition() {},
    onEffects: each => effects.push(kept(each)),
  };
  let gateway = createGateway(config, ports);
  const hangUp = () => {
    const ending = wire;
    wire = undefined;
    ending?.onClose();
    return ending !== undefined;
  };
  const cut = () => {
    if (hangUp()) gateway.onDisconnected();
  };
  const world: PaperWorld = {
    ...{ time, tally, log, effects, sent, cut, diskError: undefined, stalls: [] },
    get gateway() {
      return gateway;
    },
    connect() {
      if (wire !== undefined) return;
      const write = (bytes: Uint8Array) => later(() => gateway.onBytes(bytes));
      wire = counterparty.opened({ write, end: () => later(cut) });
      gateway.onConnected();
    },
    restart() {
      gateway.close();
      hangUp();
      gateway = createGateway(config, ports, log.slice());
      gateway.restart();
    },
    quote: quoting(market, counterparty, time),
    signal: wish => gateway.onSignal(signalAt(time.nowNs(), wish)),
    wait: durationNs => time.advanceTo(time.nowNs() + durationNs),
  };
  return world;
}

/** Logged on, with a quote of the first instrument. */
export function tradingWorld(config = CONFIG): PaperWorld {
  const world = paperWorld(config);
  world.quote(0, 100_000, 100_010);
  world.connect();
  world.wait(SECOND_NS);
  return world;
}

function quoting(
  market: RecordedMarket,
  venue: Counterparty,
  time: VirtualTime,
): PaperWorld['quote'] {
  return (instrument, bidIncrements, askIncrements) => {
    const prices = { exchangeTimeNs: time.nowNs(), bidIncrements, askIncrements };
    const events: VenueEvent[] = [];
    market.onQuote({ kind: 'quote', instrument, ...prices }, events);
    venue.onMarket(events);
  };
}

function venueSide(config: GatewayConfig, market: VenueMarket, time: VirtualTime): Counterparty {
  const { senderCompId, targetCompId, heartbeatNs } = config.venues[0]!;
  return createCounterparty({
    originNs: config.originNs,
    instruments: config.instruments,
    market,
    senderCompId: targetCompId,
    targetCompId: senderCompId,
    heartbeatNs,
    store: memoryStore(),
    clock: time,
    timers: time,
  });
}

/** A verified wish for one lot of the first instrument on a quote of 100,000 to 100,010. */
export function signalAt(timeNs: Nanoseconds, wish: Partial<Signal> = {}): Signal {
  return {
    ...{ strategy: 0, instrument: 0, timeNs, tickTimeNs: timeNs, forecastTimeNs: timeNs },
    ...{ desiredLots: 1, style: 'cross', limitIncrements: 100_010 },
    ...{ midLowHalfIncrements: 199_990, midHighHalfIncrements: 200_030 },
    ...{ bidIncrements: 100_000, askIncrements: 100_010 },
    ...{ basis: 'verified', forecastId: '0123456789abcdef0123456789abcdef' },
    ...wish,
  };
}
