/** The simulated exchange: without these tests, simulated runs could not be replayed or trusted. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SECOND_NS, seededRandom } from '#engine';
import type { Quote, Tick } from '#market';
import { SIMA_FLOW, SIMB_FLOW } from './built-in-flows.ts';
import type { Side, VenueEvent, VenueOrder } from './market.ts';
import { type SimulatedExchange, simulatedExchange } from './simulated-exchange.ts';

const INSTRUMENTS = [
  { symbol: 'SIMA', flow: SIMA_FLOW, bandPercent: 1 },
  { symbol: 'SIMB', flow: SIMB_FLOW, bandPercent: 1 },
];

function newExchange(seed = 'test', instruments = INSTRUMENTS) {
  const exchange = simulatedExchange({ seed, startNs: 0, instruments });
  const ticks: Tick[] = [];
  const events: VenueEvent[] = [];
  const quoteOf = (instrument: number) =>
    ticks.filter((tick): tick is Quote => tick.kind === 'quote' && tick.instrument === instrument);
  return {
    exchange,
    ticks,
    events,
    advanceTo: (timeNs: number) => exchange.advanceTo(timeNs, tick => ticks.push(tick), events),
    /** The latest quote of an instrument. */
    quote: (instrument: number) => quoteOf(instrument).at(-1)!,
    quotes: quoteOf,
  };
}

function order(
  orderId: number,
  side: Side,
  ...[quantityLots, limitIncrements]: number[]
): VenueOrder {
  const postOnly = false;
  return {
    ...{ orderId, instrument: 0, side, postOnly },
    ...{ quantityLots: quantityLots!, limitIncrements: limitIncrements! },
  };
}

/** Hashes everything a run of `backgroundEvents` says while orders of ours come and go. */
function digestOfRun(seed: string, backgroundEvents: number): string {
  const exchange = simulatedExchange({ seed, startNs: 0, instruments: INSTRUMENTS });
  const random = seededRandom(seed).split('our orders');
  const hash = createHash('sha256');
  const quotes = new Map<number, Quote>();
  let events: VenueEvent[] = [];
  const onTick = (tick: Tick) => {
    if (tick.kind === 'quote') quotes.set(tick.instrument, tick);
    hash.update(JSON.stringify(tick));
  };
  for (let i = 0; i < backgroundEvents; i++) {
    exchange.advanceTo(exchange.nextEventNs(), onTick, events);
    if (i % 5 === 0) actAtRandom(exchange, { random, quotes, orderId: i, events });
    if (events.length > 0) hash.update(JSON.stringify(events));
    events = [];
  }
  return hash.digest('hex');
}

function actAtRandom(
  exchange: SimulatedExchange,
  options: {
    random: { nextFloat(): number };
    quotes: Map<number, Quote>;
    orderId: number;
    events: VenueEvent[];
  },
): void {
  const { random, quotes, orderId, events } = options;
  const pick = (count: number) => Math.floor(random.nextFloat() * count);
  const instrument = pick(2);
  const quantityLots = 1 + pick(20);
  const offset = pick(11) - 5;
  const postOnly = pick(4) === 0;
  const earlier = orderId - 5 * (1 + pick(40));
  const side = pick(2) === 0 ? 'buy' : 'sell';
  const quote = quotes.get(instrument);
  if (quote === undefined) return;
  const limitIncrements = quote.bidIncrements + offset;
  const act = pick(4);
  if (act === 0) exchange.cancel(Math.max(0, earlier), events);
  else if (act === 1) {
    exchange.replace({ orderId: Math.max(0, earlier), quantityLots, limitIncrements }, events);
  } else {
    exchange.submit({ orderId, instrument, side, quantityLots, limitIncrements, postOnly }, events);
  }
}

describe('the simulated exchange', () => {
  it('says the same for the same seed and calls anywhere, or no failure can be replayed', () => {
    const digest = digestOfRun('pinned', 100_000);
    expect(digestOfRun('pinned', 100_000)).toBe(digest);
    expect(digestOfRun('other', 1_000)).not.toBe(digestOfRun('pinned', 1_000));
    expect(digest).toBe('225cae9ac7f01cb5c004483f4f466a67957aa4b03f1f6939b37bde0eeb1338dd');
  });

  it('takes in an order of an earlier one: it rests, or trades what its limit reaches', () => {
    const { exchange, events, advanceTo, quote } = newExchange();
    advanceTo(SECOND_NS);
    const { bidIncrements, askIncrements, askLots } = quote(0);
    exchange.restore(order(1, 'buy', 9, bidIncrements - 20), 4, events);
    expect(events).toEqual([]);
    exchange.replace({ orderId: 1, quantityLots: 4, limitIncrements: bidIncrements }, events);
    // No more is wanted than was filled before.
    expect(events.splice(0)).toEqual([{ kind: 'cancelled', orderId: 1 }]);
    exchange.restore(order(2, 'buy', askLots! + 3, askIncrements), 3, events);
    const fills = events.splice(0).map(event => (event.kind === 'filled' ? event.quantityLots : 0));
    expect(fills.reduce((sum, lots) => sum + lots, 0)).toBe(askLots);
    exchange.cancel(2, events);
    expect(events).toEqual([{ kind: 'cancel-rejected', orderId: 2, reason: 'too-late' }]);
  });

  it('makes the markets it promises: their pace, their spread, their bounce', () => {
    for (const [instrument, seconds, pace] of [
      [0, 600, [5, 50]],
      [1, 2_400, [0.5, 4]],
    ] as const) {
      const run = newExchange('promises');
      run.advanceTo(seconds * SECOND_NS);
      const { moves, narrow } = movesAndSpreads(run.quotes(instrument));
      const perSecond = moves.length / seconds;
      expect(perSecond).toBeGreaterThan(pace[0]);
      expect(perSecond).toBeLessThan(pace[1]);
      expect(narrow).toBeGreaterThan(0.95);
      const bounce = moves.reduce((sum, move, i) => sum + move * (moves[i - 1] ?? 0), 0);
      const variance = moves.reduce((sum, move) => sum + move * move, 0);
      expect(bounce / variance).toBeLessThan(-0.15);
    }
  });

  it('publishes uncrossed quotes, each a change, in order of time, with their trades', () => {
    const run = newExchange();
    run.advanceTo(120 * SECOND_NS);
    expect(run.ticks.some(tick => tick.kind === 'trade')).toBe(true);
    let lastNs = 0;
    for (const tick of run.ticks) {
      expect(tick.exchangeTimeNs).toBeGreaterThanOrEqual(lastNs);
      lastNs = tick.exchangeTimeNs;
      if (tick.kind === 'quote') {
        expect(tick.bidIncrements).toBeLessThan(tick.askIncrements);
        expect(Math.min(tick.bidLots!, tick.askLots!)).toBeGreaterThan(0);
      }
    }
    const quotes = run.quotes(0).map(({ exchangeTimeNs, ...said }) => JSON.stringify(said));
    quotes.forEach((quote, i) => {
      expect(quote).not.toBe(quotes[i - 1]);
    });
  });

  it('runs the same in one stride and in single events, or a host would change the market', () => {
    const stride = newExchange();
    stride.advanceTo(60 * SECOND_NS);
    const steps = newExchange();
    while (steps.exchange.nextEventNs() <= 60 * SECOND_NS) {
      steps.advanceTo(steps.exchange.nextEventNs());
    }
    expect(steps.ticks).toEqual(stride.ticks);
  });

  it('lets our orders take liquidity and move the market, quote, trade and later prices', () => {
    const run = newExchange();
    const untouched = newExchange();
    run.advanceTo(SECOND_NS);
    untouched.advanceTo(SECOND_NS);
    const before = run.quote(0);
    run.ticks.length = 0;
    run.exchange.submit(order(1, 'buy', 60, before.askIncrements + 50), run.events);
    expect(run.events[0]).toEqual({ kind: 'accepted', orderId: 1 });
    expect(run.events[1]).toMatchObject({ kind: 'filled', priceIncrements: before.askIncrements });
    const boughtLots = run.events.reduce(
      (sum, event) => sum + (event.kind === 'filled' ? event.quantityLots : 0),
      0,
    );
    run.advanceTo(SECOND_NS);
    expect(run.ticks.every(tick => tick.exchangeTimeNs === SECOND_NS)).toBe(true);
    const printed = run.ticks.reduce(
      (sum, tick) => sum + (tick.kind === 'trade' ? tick.sizeLots! : 0),
      0,
    );
    expect(printed).toBe(boughtLots);
    expect(run.quote(0).askIncrements).toBeGreaterThan(before.askIncrements);
    // 60 lots move the fair price by 3.6 increments, and the other run meets the same randomness.
    run.advanceTo(60 * SECOND_NS);
    untouched.advanceTo(60 * SECOND_NS);
    const mean = (quotes: Quote[]) =>
      quotes.reduce((sum, quote) => sum + quote.bidIncrements, 0) / quotes.length;
    const late = (quotes: Quote[]) => quotes.filter(q => q.exchangeTimeNs > 50 * SECOND_NS);
    const lift = mean(late(run.quotes(0))) - mean(late(untouched.quotes(0)));
    expect(lift).toBeGreaterThan(1);
    expect(run.quotes(1)).toEqual(untouched.quotes(1).slice(-run.quotes(1).length));
  });

  it('fills a resting order of ours by background trades, at its own price', () => {
    const run = newExchange();
    run.advanceTo(SECOND_NS);
    const { bidIncrements } = run.quote(0);
    run.exchange.submit({ ...order(7, 'buy', 40, bidIncrements), postOnly: true }, run.events);
    run.advanceTo(120 * SECOND_NS);
    const fills = run.events.filter(event => event.kind === 'filled');
    expect(fills.length).toBeGreaterThan(1);
    expect(fills.every(fill => fill.priceIncrements === bidIncrements)).toBe(true);
    expect(fills.reduce((sum, fill) => sum + fill.quantityLots, 0)).toBe(40);
    expect(fills.at(-1)!.leavesLots).toBe(0);
    run.events.length = 0;
    run.exchange.cancel(7, run.events);
    run.exchange.cancel(8, run.events);
    expect(run.events).toEqual([
      { kind: 'cancel-rejected', orderId: 7, reason: 'too-late' },
      { kind: 'cancel-rejected', orderId: 8, reason: 'unknown-order' },
    ]);
  });

  it('refuses limits beyond the band and post-only orders that would trade; old ones stay', () => {
    const run = newExchange();
    run.advanceTo(SECOND_NS);
    const { askIncrements, bidIncrements } = run.quote(0);
    const { exchange, events } = run;
    const far = Math.ceil(askIncrements * 1.02);
    exchange.submit(order(1, 'buy', 1, far), events);
    exchange.submit({ ...order(2, 'buy', 1, askIncrements), postOnly: true }, events);
    exchange.submit({ ...order(3, 'buy', 2, bidIncrements - 9), postOnly: true }, events);
    exchange.replace({ orderId: 3, quantityLots: 1, limitIncrements: far }, events);
    exchange.replace({ orderId: 3, quantityLots: 1, limitIncrements: askIncrements }, events);
    exchange.cancel(3, events);
    exchange.cancel(1, events);
    expect(events).toEqual([
      { kind: 'rejected', orderId: 1, reason: 'price-out-of-band' },
      { kind: 'rejected', orderId: 2, reason: 'post-only-would-trade' },
      { kind: 'accepted', orderId: 3 },
      { kind: 'cancel-rejected', orderId: 3, reason: 'price-out-of-band' },
      { kind: 'cancel-rejected', orderId: 3, reason: 'post-only-would-trade' },
      { kind: 'cancelled', orderId: 3 },
      { kind: 'cancel-rejected', orderId: 1, reason: 'unknown-order' },
    ]);
  });

  it('quotes nothing while a side is empty, rests what finds no counterpart, and recovers', () => {
    const run = newExchange();
    run.advanceTo(SECOND_NS);
    const { askIncrements } = run.quote(0);
    run.ticks.length = 0;
    const limit = Math.floor(askIncrements * 1.009);
    run.exchange.submit(order(1, 'buy', 5_000, limit), run.events);
    const last = run.events.at(-1)!;
    expect(last.kind === 'filled' && last.leavesLots > 0).toBe(true);
    run.exchange.submit(order(2, 'buy', 5, limit), run.events);
    expect(run.events.at(-1)).toEqual({ kind: 'accepted', orderId: 2 });
    run.advanceTo(SECOND_NS);
    expect(run.quotes(0)).toEqual([]);
    run.advanceTo(3 * SECOND_NS);
    expect(run.quote(0).bidIncrements).toBe(limit);
    run.exchange.cancel(1, run.events);
    run.exchange.cancel(2, run.events);
    run.advanceTo(60 * SECOND_NS);
    expect(run.quote(0).askIncrements - run.quote(0).bidIncrements).toBeLessThan(10);
  });

  it('keeps prices above 0 and comes back, or a runaway client breaks the venue for good', () => {
    const pull = { startPriceIncrements: 50, reversionSeconds: 100 };
    const flow = { ...SIMB_FLOW, ...pull, impactIncrementsPerLot: 1 };
    const run = newExchange('runaway', [{ symbol: 'CHEAP', flow, bandPercent: 200 }]);
    for (let orderId = 0; orderId < 1_000; orderId++) {
      run.advanceTo(((orderId + 1) * SECOND_NS) / 10);
      run.exchange.submit(order(orderId, 'sell', 50, 1), run.events);
      run.exchange.cancel(orderId, run.events);
    }
    const quotes = run.quotes(0);
    expect(quotes.length).toBeGreaterThan(50);
    expect(Math.min(...quotes.map(quote => quote.bidIncrements))).toBe(1);
    run.advanceTo(400 * SECOND_NS);
    expect(run.quote(0).bidIncrements).toBeGreaterThan(20);
  });
});

function movesAndSpreads(quotes: Quote[]) {
  const moves: number[] = [];
  let narrowNs = 0;
  quotes.forEach((quote, i) => {
    const next = quotes[i + 1];
    if (next === undefined) return;
    const spread = quote.askIncrements - quote.bidIncrements;
    if (spread <= 5) narrowNs += next.exchangeTimeNs - quote.exchangeTimeNs;
    const move =
      next.bidIncrements + next.askIncrements - quote.bidIncrements - quote.askIncrements;
    if (move !== 0) moves.push(move);
  });
  return { moves, narrow: narrowNs / (quotes.at(-1)!.exchangeTimeNs - quotes[0]!.exchangeTimeNs) };
}
