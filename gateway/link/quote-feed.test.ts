/** Quotes for the gateway: too many would drown its log, a last one held back would leave pegs. */
import { expect, it } from 'vitest';
import { MILLISECOND_NS, virtualTime } from '#engine';
import type { Tick } from '#market';
import type { MarketQuote } from '../execution/market-quote.ts';
import { quoteFeed } from './quote-feed.ts';

const START_NS = 36_000_000 * MILLISECOND_NS;

function feedOf(intervalsNs: number[]) {
  const time = virtualTime(START_NS);
  const sent: [number, MarketQuote][] = [];
  const milliseconds = () => (time.nowNs() - START_NS) / MILLISECOND_NS;
  const feed = quoteFeed({
    ...{ clock: time, timers: time },
    send: quote => void sent.push([milliseconds(), quote]),
  });
  feed.subscribe(intervalsNs);
  const tick = (instrument: number, bidIncrements: number, sizeLots?: number) => {
    const stamped = { instrument, exchangeTimeNs: time.nowNs() };
    const ticks: Tick[] = [
      { kind: 'quote', ...stamped, bidIncrements, askIncrements: bidIncrements + 1 },
    ];
    if (sizeLots !== undefined) {
      ticks.unshift({ kind: 'trade', ...stamped, priceIncrements: bidIncrements, sizeLots });
    }
    feed.onTicks(ticks, time.nowNs());
  };
  const wait = (ms: number) => time.advanceTo(time.nowNs() + ms * MILLISECOND_NS);
  const seen = () => sent.map(([at, quote]) => [at, quote.bidIncrements, quote.tradedLots]);
  return { feed, tick, wait, seen, sent };
}

it('lets the first out at once and then the latest of each interval, trades summed', () => {
  const { tick, wait, seen, sent } = feedOf([10 * MILLISECOND_NS]);
  tick(0, 100, 2);
  wait(3);
  tick(0, 101, 4);
  wait(3);
  tick(0, 102);
  wait(20);
  tick(0, 103);
  expect(seen()).toEqual([
    [0, 100, 2],
    [10, 102, 4],
    [26, 103, 0],
  ]);
  expect(sent[1]![1].tickTimeNs).toBe(START_NS + 6 * MILLISECOND_NS);
});

it('sends none of an instrument that nobody asked for, nor after its end', () => {
  const { feed, tick, wait, seen } = feedOf([0, 10 * MILLISECOND_NS]);
  tick(0, 100);
  tick(1, 200);
  tick(1, 201);
  feed.close();
  wait(20);
  expect(seen()).toEqual([[0, 200, 0]]);
  feed.subscribe([]);
  tick(1, 202);
  wait(20);
  expect(seen()).toHaveLength(1);
});
