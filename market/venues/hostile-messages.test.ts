/** Messages that are not what a venue promises: one that throws would end the whole process. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFeedBooks } from './feed-books.ts';
import { testInstrument } from './testing/sessions.ts';
import type { Venue, VenueName } from './venue.ts';
import { venueOf } from './venues.ts';

const ISO = '2021-04-17T16:43:37.077621Z';
const SECONDS = '1618678123.481570';
const MS = 1_618_678_123_481;
const LEVELS = [['100.01', '2']];

/** By venue: its symbol for a market, and what it says of it. */
const SAID: Readonly<Record<string, readonly [symbol: string, messages: readonly unknown[]]>> = {
  coinbase: [
    'BTC-USD',
    [
      { type: 'subscriptions', channels: [] },
      { type: 'snapshot', product_id: 'BTC-USD', bids: [['99.5', '1']], asks: LEVELS, time: ISO },
      { type: 'l2update', product_id: 'BTC-USD', changes: [['buy', '99.6', '1']], time: ISO },
      {
        ...{ type: 'match', product_id: 'BTC-USD', trade_id: 5, time: ISO },
        ...{ side: 'buy', price: '99.9', size: '1' },
      },
      {
        ...{ type: 'ticker', product_id: 'BTC-USD', time: ISO },
        ...{ best_bid: '99.6', best_ask: '100.01' },
      },
      { type: 'heartbeat', product_id: 'BTC-USD', last_trade_id: 9 },
      { type: 'error', message: 'no', reason: 'none' },
    ],
  ],
  kraken: [
    'XBT/USD',
    [
      {
        ...{ event: 'subscriptionStatus', status: 'subscribed' },
        ...{ channelName: 'book-100', pair: 'XBT/USD' },
      },
      [1, { as: [['100.01', '2', SECONDS]], bs: [['99.5', '1', SECONDS]] }, 'book-100', 'XBT/USD'],
      [
        1,
        { a: [['100.02', '2', SECONDS]] },
        { b: [['99.6', '1', SECONDS]], c: '1' },
        'book-100',
        'XBT/USD',
      ],
      [1, [['99.9', '1', SECONDS, 'b', 'l', '']], 'trade', 'XBT/USD'],
    ],
  ],
  binance: [
    'BTCUSDT',
    [
      { result: null, id: 1 },
      {
        stream: 'btcusdt@depth@100ms',
        data: { e: 'depthUpdate', E: MS, s: 'BTCUSDT', U: 5, u: 6, b: LEVELS, a: LEVELS },
      },
      {
        stream: 'btcusdt@bookTicker',
        data: { u: 7, s: 'BTCUSDT', b: '99.5', B: '1', a: '100.01', A: '2' },
      },
      {
        stream: 'btcusdt@trade',
        data: { e: 'trade', E: MS, s: 'BTCUSDT', t: 3, p: '99.9', q: '1', T: MS, m: true },
      },
    ],
  ],
  bybit: [
    'BTCUSDT',
    [
      { success: true, ret_msg: '', op: 'subscribe' },
      {
        ...{ topic: 'orderbook.50.BTCUSDT', type: 'snapshot', ts: MS },
        data: { s: 'BTCUSDT', b: [['99.5', '1']], a: LEVELS, u: 1, seq: 1 },
      },
      {
        ...{ topic: 'orderbook.50.BTCUSDT', type: 'delta', ts: MS },
        data: { s: 'BTCUSDT', b: [['99.6', '1']], a: LEVELS, u: 2, seq: 2 },
      },
      {
        ...{ topic: 'publicTrade.BTCUSDT', type: 'snapshot', ts: MS },
        data: [{ T: MS, s: 'BTCUSDT', S: 'Buy', v: '1', p: '99.9', i: 'one' }],
      },
    ],
  ],
  okx: [
    'BTC-USDT',
    [
      { event: 'subscribe', arg: { channel: 'books', instId: 'BTC-USDT' } },
      {
        ...{ arg: { channel: 'books', instId: 'BTC-USDT' }, action: 'snapshot' },
        data: [{ bids: [['99.5', '1', '0', '1']], asks: LEVELS, ts: `${MS}`, seqId: 1 }],
      },
      {
        ...{ arg: { channel: 'books', instId: 'BTC-USDT' }, action: 'update' },
        data: [{ bids: LEVELS, asks: [], ts: `${MS}`, seqId: 2, prevSeqId: 1, checksum: 1 }],
      },
      {
        arg: { channel: 'trades', instId: 'BTC-USDT' },
        data: [{ tradeId: '1', px: '99.9', sz: '1', side: 'buy', ts: `${MS}` }],
      },
    ],
  ],
};

const ODD = [null, true, 0, -1, 1e308, '', 'x', 9e15, [], {}, [null], [[]], [7], { a: null }];

/** Every place in a value, as the keys that lead there. */
function placesIn(value: unknown, path: readonly string[] = []): string[][] {
  const own = [[...path]];
  if (typeof value !== 'object' || value === null) return own;
  return [
    ...own,
    ...Object.entries(value).flatMap(([key, each]) => placesIn(each, [...path, key])),
  ];
}

function put(value: unknown, [key, ...path]: readonly string[], odd: unknown): unknown {
  if (key === undefined) return odd;
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) };
  const fields = copy as Record<string, unknown>;
  if (odd === undefined && path.length === 0) delete fields[key];
  else fields[key] = put(fields[key], path, odd);
  return copy;
}

const booksOf = (venue: Venue, symbol: string) =>
  createFeedBooks({ venue, instruments: [testInstrument(symbol, '0.01', '0.001')], originNs: 0n });

describe.each(Object.entries(SAID))('%s', (name, [symbol, messages]) => {
  it('says nothing, whatever stands in its messages, that throws', () => {
    const venue = venueOf(name as VenueName);
    for (const [at, message] of messages.entries()) {
      for (const path of placesIn(message)) {
        for (const odd of [undefined, ...ODD]) {
          const books = booksOf(venue, symbol);
          books.open();
          for (const before of messages.slice(0, at)) books.take(JSON.stringify(before), 1);
          const text = JSON.stringify(put(message, path, odd)) ?? 'undefined';
          expect(() => books.take(text, 2), text).not.toThrow();
        }
      }
    }
  });

  it('and nothing that is any JSON at all', () => {
    const books = booksOf(venueOf(name as VenueName), symbol);
    books.open();
    fc.assert(
      fc.property(fc.json(), text => {
        books.take(text, 1);
      }),
    );
  });
});

it('Binance says nothing in the answer for a snapshot that throws', () => {
  const answer = { lastUpdateId: 5, bids: [['99.5', '1']], asks: LEVELS };
  for (const path of placesIn(answer)) {
    for (const odd of [undefined, ...ODD]) {
      const books = booksOf(venueOf('binance'), 'BTCUSDT');
      books.open();
      books.take(JSON.stringify(SAID.binance![1][1]), 1);
      const text = JSON.stringify(put(answer, path, odd)) ?? 'undefined';
      expect(() => books.takeAnswer(books.books[0]!, text, 2), text).not.toThrow();
    }
  }
});
