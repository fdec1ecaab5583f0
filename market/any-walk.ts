/** Ticks of two instruments in a row, for property tests. */
import fc from 'fast-check';
import type { Tick } from './tick.ts';

const SECOND = 1e9;

/** Small steps in price and time, books that grow and cross, and gaps. */
const step = fc.record({
  kind: fc.constantFrom('quote', 'quote', 'trade', 'level', 'level', 'snapshot', 'gap'),
  instrument: fc.nat(1),
  afterNs: fc.oneof(fc.nat(2 * SECOND), fc.constantFrom(0, 3600 * SECOND, 80 * 3600 * SECOND)),
  price: fc.integer({ min: 990, max: 1010 }),
  spread: fc.integer({ min: -1, max: 6 }),
  lots: fc.option(fc.nat(9), { nil: undefined }),
  askLots: fc.option(fc.nat(9), { nil: undefined }),
  isAsk: fc.boolean(),
  isFlagged: fc.boolean(),
  merged: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
});
export const anyWalk = fc.array(step, { maxLength: 120 }).map(steps => {
  let exchangeTimeNs = 5 * SECOND;
  return steps.map((given): Tick => {
    exchangeTimeNs += given.afterNs;
    const { instrument, merged, price, lots } = given;
    const stamped = { instrument, merged, exchangeTimeNs };
    switch (given.kind) {
      case 'quote': {
        const sizes = { bidLots: lots, askLots: given.askLots };
        const prices = { bidIncrements: price, askIncrements: price + given.spread };
        return { kind: 'quote', ...stamped, ...prices, ...sizes };
      }
      case 'trade': {
        const taker = given.isAsk ? ('sell' as const) : ('buy' as const);
        const aggressor = given.isFlagged ? taker : undefined;
        return { kind: 'trade', ...stamped, priceIncrements: price, sizeLots: lots, aggressor };
      }
      case 'level': {
        const level = { priceIncrements: price, sizeLots: lots ?? 0 };
        const hasMore = given.isFlagged ? (true as const) : undefined;
        return { kind: 'level', ...stamped, side: given.isAsk ? 'ask' : 'bid', ...level, hasMore };
      }
      case 'snapshot':
        return { kind: 'snapshot', ...stamped };
      default:
        return { kind: 'gap', ...stamped };
    }
  });
});
