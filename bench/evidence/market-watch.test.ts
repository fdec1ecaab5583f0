/** The market as quotes show it, where no edge is at hand to compare with. */
import { expect, it } from 'vitest';
import { createContext, openEpoch } from '#law';
import type { Quote } from '#market';
import { createMarketWatch } from './market-watch.ts';

function quoteAt(mid: number, sizes: Partial<Quote> = {}): Quote {
  return {
    ...{ kind: 'quote', instrument: 0, exchangeTimeNs: 0 },
    ...{ bidIncrements: mid - 3, askIncrements: 3 },
    ...sizes,
  };
}

it('begins anew at the first quote after a gap, as the edge does: the jump is no move', () => {
  const watch = createMarketWatch({ calendar: 'always' }, () => 0n);
  for (const mid of [100, 101, 102]) watch.show(quoteAt(mid));
  const context = createContext('BTCUSD', 4);
  context.moveIndex = 2;
  expect(watch.placeOf(context)).toEqual({ epoch: 0, count: 2 });
  watch.gap();
  watch.gap();
  expect(watch.placeOf(context)).toBeUndefined();
  for (const mid of [150, 151]) watch.show(quoteAt(mid));
  openEpoch(context, 1);
  context.moveIndex = 1;
  expect(watch.placeOf(context)).toEqual({ epoch: 1, count: 4 });
  expect(watch.summary()).toMatchObject({ moves: 3, epochs: 2 });
});

it('has no epoch of a gap before its first quote', () => {
  const watch = createMarketWatch({ calendar: 'always' }, () => 0n);
  watch.gap();
  watch.show(quoteAt(100));
  expect(watch.summary().epochs).toBe(1);
});

it('knows no place of a context that its quotes do not lead to', () => {
  const watch = createMarketWatch({ calendar: 'always' }, () => 0n);
  watch.show(quoteAt(100));
  const context = createContext('BTCUSD', 4);
  context.moveIndex = 1;
  expect(watch.placeOf(context)).toBeUndefined();
});

it('names the fields that never came, so that a report shows what was not known', () => {
  const watch = createMarketWatch({ calendar: 'always' }, () => 0n);
  watch.show(quoteAt(100));
  watch.show(quoteAt(100, { bidLots: 0, receiveTimeNs: 5 }));
  expect(watch.summary().masked).toEqual(['askLots']);
});
