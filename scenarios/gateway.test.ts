/** The gateway against the law's: without this test, a rare order could differ in a byte. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SECOND_NS, virtualTime } from '#engine';
import {
  createCounterparty,
  createGateway,
  memoryStore,
  nanosOf,
  recordedMarket,
  referenceVenue,
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
/** Its price steps are no power of ten: 5 increments are 1.25. */
const QUARTERS: Instrument = {
  ...{ symbol: 'QUARTERS', venueSymbol: 'QTR', quoteCurrency: 'GBP', calendar: 'us-equity' },
  ...{ priceIncrement: '0.25', priceDecimals: 2, lotSize: '0.001', feePerMillion: 350 },
  ...TERMS,
};
const INSTRUMENTS = [EURUSD, SMALL, QUARTERS];

/** How large everything is. */
type Setting = { rules: typeof RULES; limits: typeof LIMITS; firstBid: number; lots: number };

const USUAL: Setting = { rules: RULES, limits: LIMITS, firstBid: 100_000, lots: 1 };
/** Prices of 15 digits and thousands of lots: their products are beyond 2^53. */
const HUGE: Setting = {
  rules: { quoteLots: 6007, bandIncrements: 8 },
  limits: {
    ...{ ...LIMITS, positionLots: 20_000, orderValue: 2 ** 53 - 1, ordersPerSecond: 1000 },
    ...{ dailyLoss: 2 ** 53 - 1, trailingDrawdown: 2 ** 53 - 1 },
  },
  ...{ firstBid: 300_000_000_000_001, lots: 1009 },
};

/** The law knows no pegs. */
type LawfulStyle = Exclude<Style, 'peg'>;

/** A quote, how long after the one before, and what is wished for on it, if anything. */
type Turn = {
  instrument: number;
  afterNs: number;
  move: number;
  spread: number;
  wish?: {
    style: LawfulStyle;
    desiredLots: number;
    beyond: number;
    tickAge: number;
    forecastAge: number;
  };
};

const wish = fc.record({
  style: fc.constantFrom<LawfulStyle>('wait', 'join', 'cross', 'cross'),
  desiredLots: fc.integer({ min: -24, max: 24 }),
  beyond: fc.integer({ min: -12, max: 9 }),
  tickAge: fc.constantFrom(0, 0, 0, 0, SECOND_NS, SECOND_NS + 1),
  forecastAge: fc.constantFrom(0, 0, 0, 0, 2 * SECOND_NS, 2 * SECOND_NS + 1),
});
const turn: fc.Arbitrary<Turn> = fc.record(
  {
    instrument: fc.nat({ max: INSTRUMENTS.length - 1 }),
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

type LawfulSignal = Signal & { style: LawfulStyle };
type Step = { timeNs: number; quote: Quote; signal: LawfulSignal | undefined };

function stepsOf(turns: readonly Turn[], { firstBid, lots }: Setting): Step[] {
  const bids = INSTRUMENTS.map(() => firstBid);
  let timeNs = START_NS;
  return turns.map(({ instrument, afterNs, move, spread, wish: wished }) => {
    timeNs += afterNs;
    bids[instrument]! += move;
    const bidIncrements = bids[instrument]!;
    const askIncrements = bidIncrements + spread;
    const prices = { bidIncrements, askIncrements };
    const quote: Quote = { kind: 'quote', instrument, exchangeTimeNs: timeNs, ...prices };
    if (wished === undefined) return { timeNs, quote, signal: undefined };
    const { style, beyond, tickAge, forecastAge } = wished;
    const desiredLots = wished.desiredLots * lots;
    const limitIncrements = desiredLots > 0 ? askIncrements + beyond : bidIncrements - beyond;
    const signal: LawfulSignal = {
      ...{
        strategy: 0,
        instrument,
        style,
        desiredLots,
        limitIncrements,
        ...prices,
        basis: 'verified',
      },
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

function lawful(steps: readonly Step[], { rules, limits }: Setting): Result {
  const terms = { session: SESSION, limits, venue: rules };
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
function running(steps: readonly Step[], { rules, limits }: Setting): Result {
  const time = virtualTime(steps[0]!.timeNs);
  const timing = { clock: time, timers: time, originNs: ORIGIN_NS, instruments: INSTRUMENTS };
  const { quoteLots: quoteSizeLots, bandIncrements } = rules;
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
      ...{ originNs: ORIGIN_NS, instruments: INSTRUMENTS, limits, resendAgeNs: SECOND_NS },
      venues: [referenceVenue({ senderCompId: sender, targetCompId: target, heartbeatNs })],
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
    holdings: desks.map(({ holding: { positionLots, cash } }) => ({
      positionLots,
      cashNanos: nanosOf(cash),
    })),
  };
}

function expectLawful(turns: readonly Turn[], setting: Setting): Result {
  const steps = stepsOf(turns, setting);
  const expected = lawful(steps, setting);
  const result = running(steps, setting);
  expect(result.outbound.replaceAll('\u0001', '|').split('8=FIX')).toEqual(
    expected.outbound.replaceAll('\u0001', '|').split('8=FIX'),
  );
  expect(result).toEqual(expected);
  return expected;
}

it('sends the bytes, refuses the orders and holds the money of the law', () => {
  const seen: Record<string, number> = {};
  const count = (what: string, by = 1) => {
    seen[what] = (seen[what] ?? 0) + by;
  };
  fc.assert(
    fc.property(fc.array(turn, { minLength: 20, maxLength: 80 }), turns => {
      const { outbound, refused } = expectLawful(turns, USUAL);
      for (const [rule, by] of Object.entries(refused)) count(rule, by);
      for (const [, type] of outbound.matchAll(/35=(\w)/g)) count(type!);
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

it('keeps prices and money exact beyond 2^53, or books would drift by rounding', () => {
  let inexact = 0;
  fc.assert(
    fc.property(fc.array(turn, { minLength: 20, maxLength: 80 }), turns => {
      const { holdings } = expectLawful(turns, HUGE);
      for (const { cashNanos } of holdings) if (BigInt(Number(cashNanos)) !== cashNanos) inexact++;
    }),
    { numRuns: 100 },
  );
  expect(inexact).toBeGreaterThan(10);
});

it('writes a price in steps of a quarter as what it is, not as its count of steps', () => {
  const wished = { style: 'cross', beyond: 0, tickAge: 0, forecastAge: 0 } as const;
  const quote = { instrument: 2, afterNs: 0, move: 0, spread: 3 };
  const { outbound } = expectLawful([{ ...quote, wish: { ...wished, desiredLots: 7 } }], USUAL);
  expect(outbound).toContain('\u000138=0.007\u0001');
  expect(outbound).toContain('\u000144=25000.75\u0001');
});
