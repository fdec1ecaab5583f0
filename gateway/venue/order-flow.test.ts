/** The background flow: without these tests, a simulated market could fall silent or drift. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '#engine';
import { SIMA_FLOW, SIMB_FLOW } from './built-in-flows.ts';
import { type BookEffects, createOrderBook } from './order-book.ts';
import { createOrderFlow, type OrderFlowConfig } from './order-flow.ts';

function newFlow(config: OrderFlowConfig, seed = 'flow') {
  const book = createOrderBook();
  return {
    book,
    flow: createOrderFlow(config, { book, random: seededRandom(seed), startNs: 0 }),
  };
}

describe('the background order flow', () => {
  it('keeps both sides quoted for 50,000 events, or a simulated market would fall silent', () => {
    for (const config of [SIMA_FLOW, SIMB_FLOW]) {
      const { book, flow } = newFlow(config);
      for (let i = 0; i < 50_000; i++) {
        const effects: BookEffects = { events: [], trades: [] };
        flow.step(effects);
        if (effects.events.length > 0) throw new Error('the background raises no venue events');
        const bid = book.touch('buy');
        const ask = book.touch('sell');
        if (bid === undefined || ask === undefined) throw new Error(`empty side after event ${i}`);
        if (i % 500 === 0) book.assertSound();
      }
    }
  });

  it('rebuilds a side that we swept, right after the next event', () => {
    const { book, flow } = newFlow(SIMA_FLOW);
    const effects: BookEffects = { events: [], trades: [] };
    book.take({ side: 'buy', quantityLots: 100_000, limitIncrements: 1_000_000 }, effects);
    flow.observe(effects.trades);
    expect(book.touch('sell')).toBeUndefined();
    flow.step({ events: [], trades: [] });
    const ask = book.touch('sell')!;
    const makers = new Set(effects.trades.map(trade => trade.makerOrderId));
    const refilled: BookEffects = { events: [], trades: [] };
    book.take({ side: 'buy', quantityLots: 100_000, limitIncrements: 1_000_000 }, refilled);
    expect(refilled.trades.length).toBeGreaterThanOrEqual(SIMA_FLOW.ordersMin);
    expect(refilled.trades.some(trade => makers.has(trade.makerOrderId))).toBe(false);
    // The sweep moved the fair price by its lots: the new offers stand higher.
    const lots = effects.trades.reduce((sum, trade) => sum + trade.quantityLots, 0);
    const lift = lots * SIMA_FLOW.impactIncrementsPerLot;
    expect(ask.priceIncrements).toBeGreaterThan(SIMA_FLOW.startPriceIncrements + lift - 3);
  });

  it('meets the same arrivals whatever we do to its book, or impact could not be measured', () => {
    const touched = newFlow(SIMB_FLOW);
    const untouched = newFlow(SIMB_FLOW);
    for (let i = 0; i < 2_000; i++) {
      const effects: BookEffects = { events: [], trades: [] };
      touched.book.take({ side: 'sell', quantityLots: 3, limitIncrements: 1 }, effects);
      touched.flow.observe(effects.trades);
      expect(touched.flow.nextEventNs()).toBe(untouched.flow.nextEventNs());
      touched.flow.step({ events: [], trades: [] });
      untouched.flow.step({ events: [], trades: [] });
    }
  });

  it('names the field it cannot run with', () => {
    expect(() => newFlow({ ...SIMA_FLOW, ordersMin: 0 })).toThrow(/ordersMin is 0/);
    expect(() => newFlow({ ...SIMA_FLOW, sizeMeanLots: Number.NaN })).toThrow(
      /sizeMeanLots is NaN/,
    );
    const arrivals = { baseRatesPerSecond: [1, 1], kernels: [] };
    expect(() => newFlow({ ...SIMA_FLOW, arrivals })).toThrow(/2 base rates/);
  });
});
