/** An exchange's message to ticks: JSON, decimal texts to integers, the book, the touch. */

import { createFeedBooks, type Instrument, parseExchangeFeed } from '#market';
import type { Micro } from './micro.ts';

const MESSAGES = 64;
const ORIGIN_NS = BigInt(Date.parse('2026-01-01T00:00:00Z')) * 1_000_000n;
const INSTRUMENT: Instrument = {
  ...{ symbol: 'BTC-USD', venueSymbol: 'BTC-USD', priceIncrement: '0.01', priceDecimals: 2 },
  ...{ lotSize: '0.00000001', multiplier: 1, baseCurrency: 'BTC', quoteCurrency: 'USD' },
  ...{ calendar: 'always', timeZone: 'UTC', feePerMillion: 0, inferred: false },
  ...{ validFrom: '2026-01-01', validTo: '2099-12-31' },
};

export const feedMessage: Micro = {
  question: 'What does a change of a book of 2,000 levels cost from its text to its ticks?',
  items: MESSAGES,
  item: 'message',
  ways: [
    { name: 'feed', open: openFeed },
    // What no reader of JSON can do without, and that has no book.
    { name: 'parse', open: openParse },
  ],
};

function openFeed(): () => number {
  const { venue } = parseExchangeFeed('coinbase:BTC-USD');
  const feed = createFeedBooks({ venue, instruments: [INSTRUMENT], originNs: ORIGIN_NS });
  feed.open();
  feed.take(snapshotText(), 0);
  const texts = changeTexts();
  let receiveTimeNs = 0;
  return () => {
    let ticks = 0;
    for (const text of texts) {
      receiveTimeNs += 1000;
      if (feed.take(text, receiveTimeNs) !== undefined) throw new Error(text);
      ticks += feed.output.ticks.length;
      feed.output.ticks = [];
    }
    if (ticks < MESSAGES || feed.output.gaps.length > 0) throw new Error(`${ticks} ticks`);
    return ticks;
  };
}

function openParse(): () => number {
  const texts = changeTexts();
  return () => {
    let changes = 0;
    for (const text of texts)
      changes += (JSON.parse(text) as { changes: unknown[] }).changes.length;
    return changes;
  };
}

const LEVELS = 1000;
const BID = 61_685.99;
const priceText = (side: 'buy' | 'sell', rank: number) =>
  (side === 'buy' ? BID - rank * 0.05 : BID + 0.01 + rank * 0.05).toFixed(2);

function snapshotText(): string {
  const rows = (side: 'buy' | 'sell') =>
    Array.from({ length: LEVELS }, (_, rank) => [priceText(side, rank), '1.25869000']);
  const sides = { bids: rows('buy'), asks: rows('sell') };
  return JSON.stringify({ type: 'snapshot', product_id: 'BTC-USD', ...sides });
}

/** Near the touch mostly, as markets have it; the same time, so that they may come round again. */
function changeTexts(): string[] {
  return Array.from({ length: MESSAGES }, (_, at) => {
    const side = at % 2 === 0 ? 'buy' : 'sell';
    const rank = at % 8 === 7 ? (at * 37) % LEVELS : at % 4;
    const changes = [[side, priceText(side, rank), `0.${String(at + 1).padStart(8, '0')}`]];
    const time = '2026-01-01T12:00:00.077621Z';
    return JSON.stringify({ type: 'l2update', product_id: 'BTC-USD', changes, time });
  });
}
