/** The gateway against the law's: without this test, a rare order could differ in a byte. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SECOND_NS, virtualTime } from '#engine';
import {
  createCounterparty,
  createGateway,
  memoryStore,
  recordedMarket,
  type Signal,
  type Style,
  type VenueEvent,
} from '#gateway';
import type { Instrument, Quote } from '#market';
import { advanceTo, lawGateway } from '#reference';

const ORIGIN_NS = 1_398_988_800_000_000_000n;
const START_NS = 86_390 * SECOND_NS;
const RULES = { quoteLots: 6, bandIncrements: 8 };
const SESSION = { sender: 'GATEWAY', target: 'VENUE', heartbeatNs: 108 * SECOND_NS };
const LIMITS = {
  ...{ positionLots: 20, orderValue: 15_000, ordersPerSecond: 2, collarBasisPoints: 1 },
  ...{ dailyLoss: 2, trailingDrawdown: 1, tickAgeNs: SECOND_NS, forecastAgeNs: 2 * SECOND_NS },
};

const TERMS = {
  ...{ multiplier: 1, baseCurrency: 'EUR', timeZone: 'UTC', inferred: false },
  ...{ validFrom: '2014-01-01', validTo: '2099-12-31' },
};
const EURUSD: Instrument = {
  ...{ symbol: 'EURUSD', venueSymbol: 'EUR/USD', quoteCurrency: 'USD', calendar: 'fx-week' },
  ...{ priceIncrement: '0.00001', priceDecimals: 5, lotSize: '1000', feePerMillion: 200 },
  ...TERMS,
};
const SMALL: Instrument = {
  ...{ symbol: 'SMALL', venueSymbol: 'SMALL', quoteCurrency: 'JPY', calendar: 'always' },
  ...{ priceIncrement: '0.01', priceDecimals: 2, lotSize: '0.001', feePerMillion: 350 },
  ...TERMS,
};
const INSTRUMENTS = [EURUSD, SMALL];

/** A quote, how long after the one before, and what is wished for on it, if anything. */
type Turn = {
  instrument: number;
  afterNs: number;
  move: number;
  spread: number;
  wish?: {
    style: Style;
    desiredLots: number;
    beyond: number;
    tickAge: number;
    forecastAge: number;
  };
};

const wish = fc.record({
  style: fc.constantFrom<Style>('wait', 'join', 'cross', 'cross'),
  desiredLots: fc.integer({ min: -24, max: 24 }),
  beyond: fc.integer({ min: -12, max: 9 }),
  tickAge: fc.constantFrom(0, 0, 0, 0, SECOND_NS, SECOND_NS + 1),
  forecastAge: fc.constantFrom(0, 0, 0, 0, 2 * SECOND_NS, 2 * SECOND_NS + 1),
});
const turn: fc.Arbitrary<Turn> = fc.record(
  {
    instrument: fc.nat({ max: 1 }),
    afterNs: fc.oneof(
      { weight: 20, arbitrary: fc.nat({ max: SECOND_NS }) },
      { weight: 1, arbitrary: fc.nat({ max: 250 * SECOND_NS }) },
    ),
    move: fc.integer({ min: -6, max: 6 }),
    spread: fc.integer({ min: 1, max: 8 }),
    wish,
  },
  { requiredKeys: ['instrument', 'afterNs', 'move', 'spread'] },
);

type Step = { timeNs: number; quote: Quote; signal: Signal | undefined };

function stepsOf(turns: readonly Turn[]): Step[] {
  const bids = [100_000, 100_000];
  let timeNs = START_NS;
  return turns.map(({ instrument, afterNs, move, spread, wish: wished }) => {
    timeNs += afterNs;
    bids[instrument]! += move;
    const bidIncrements = bids[instrument]!;
    const askIncrements = bidIncrements + spread;
    const prices = { bidIncrements, askIncrements };
    const quote: Quote = { kind: 'quote', instrument, exchangeTimeNs: timeNs, ...prices };
    if (wished === undefined) return { timeNs, quote, signal: undefined };
    const { style, desiredLots, beyond, tickAge, forecastAge } = wished;
    const limitIncrements = desiredLots > 0 ? askIncrements + beyond : bidIncrements - beyond;
    const signal: Signal = {
      ...{ instrument, style, desiredLots, limitIncrements, ...prices, basis: 'verified' },
      ...{ timeNs, tickTimeNs: timeNs - tickAge, forecastTimeNs: timeNs - forecastAge },
      ...{ midLowHalfIncrements: 0, midHighHalfIncrements: 0, forecastId: '0'.repeat(32) },
    };
    return { timeNs, quote, signal };
  });
}

/** What left the gateway, what it refused, and what it holds. */
type Result = {
  outbound: string;
  refused: Record<string, number>;
  holdings: { positionLots: number; cashNanos: bigint }[];
};

function lawful(steps: readonly Step[]): Result {
  const terms = { session: SESSION, limits: LIMITS, venue: RULES };
  const gateway = lawGateway.newGateway(terms, ORIGIN_NS, INSTRUMENTS);
  for (const { timeNs, quote, signal } of steps) {
    advanceTo(gateway.fix, timeNs);
    lawGateway.onQuote(gateway, quote);
    if (signal === undefined) continue;
    const { style, desiredLots, limitIncrements, tickTimeNs, forecastTimeNs } = signal;
    const wished = { style, desiredLots, limitIncrements, midLow: 0, midHigh: 0 };
    lawGateway.onSignal(gateway, { ...wished, quote, timeNs: tickTimeNs, forecastTimeNs });
  }
  lawGateway.stop(gateway);
  return {
    outbound: gateway.fix.sent.join(''),
    refused: gateway.refused,
    holdings: gateway.desks.map(({ position, cash }) => {
      return { positionLots: position, cashNanos: cash };
    }),
  };
}

/** The gateway that runs, its session and the paper venue's, in lockstep. */
function running(steps: readonly Step[]): Result {
  const time = virtualTime(steps[0]!.timeNs);
  const timing = { clock: time, timers: time, originNs: ORIGIN_NS, instruments: INSTRUMENTS };
  const { quoteLots: quoteSizeLots, bandIncrements } = RULES;
  const market = recordedMarket(INSTRUMENTS.map(() => ({ quoteSizeLots, bandIncrements })));
  const { sender, target, heartbeatNs } = SESSION;
  const counterparty = createCounterparty({
    ...timing,
    ...{ market, senderCompId: target, targetCompId: sender, heartbeatNs, store: memoryStore() },
  });
  const sent: Buffer[] = [];
  const soon = (callback: () => void) => time.at(time.nowNs(), callback);
  const gateway = createGateway(
    {
      ...{ originNs: ORIGIN_NS, instruments: INSTRUMENTS, limits: LIMITS, heartbeatNs },
      ...{ senderCompId: sender, targetCompId: target, resendAgeNs: SECOND_NS },
    },
    {
      ...timing,
      send(bytes) {
        sent.push(bytes);
        soon(() => wire.onBytes(bytes));
      },
      ...{ journal() {}, disconnect() {}, onPosition() {}, onEffects() {} },
    },
  );
  const wire = counterparty.opened({
    write: bytes => soon(() => gateway.onBytes(bytes)),
    end() {},
  });
  gateway.onConnected();
  for (const { timeNs, quote, signal } of steps) {
    time.advanceTo(timeNs);
    const events: VenueEvent[] = [];
    market.onQuote(quote, events);
    counterparty.onMarket(events);
    time.advanceTo(timeNs);
    if (signal !== undefined) gateway.onSignal(signal);
    time.advanceTo(timeNs);
  }
  gateway.command('stop');
  time.advanceTo(time.nowNs());
  const { desks, counts } = gateway.state;
  return {
    outbound: Buffer.concat(sent).toString('latin1'),
    refused: counts.refused,
    holdings: desks.map(({ holding: { positionLots, cashNanos } }) => ({
      positionLots,
      cashNanos,
    })),
  };
}

it('sends the bytes, refuses the orders and holds the money of the law', () => {
  const seen: Record<string, number> = {};
  const count = (what: string, by = 1) => {
    seen[what] = (seen[what] ?? 0) + by;
  };
  fc.assert(
    fc.property(fc.array(turn, { minLength: 20, maxLength: 80 }), turns => {
      const steps = stepsOf(turns);
      const expected = lawful(steps);
      const result = running(steps);
      expect(result.outbound.replaceAll('\u0001', '|').split('8=FIX')).toEqual(
        expected.outbound.replaceAll('\u0001', '|').split('8=FIX'),
      );
      expect(result).toEqual(expected);
      for (const [rule, by] of Object.entries(expected.refused)) count(rule, by);
      for (const [, type] of expected.outbound.matchAll(/35=(\w)/g)) count(type!);
    }),
    { numRuns: 300 },
  );
  // The comparison is worth little where nothing happens: eight rules and every message type.
  expect(Object.keys(seen).sort()).toEqual(
    [
      ...['tick-age', 'forecast-age', 'price-collar', 'order-value', 'position', 'order-rate'],
      ...['daily-loss', 'trailing-drawdown', '0', '5', 'A', 'D', 'F', 'G'],
    ].sort(),
  );
});
