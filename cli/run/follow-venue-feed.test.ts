/** A venue's feed at the gateway: without these tests, quotes could be those of another venue. */
import { afterEach, expect, it, vi } from 'vitest';
import { clockFrom, MILLISECOND_NS, wallTimers } from '#engine';
import { type MarketQuote, referenceVenue } from '#gateway';
import {
  type FeedPublisher,
  type Instrument,
  loadReferenceData,
  publishFeed,
  referenceInstrument,
} from '#market';
import { followVenueFeed } from './follow-venue-feed.ts';

const WAIT = { timeout: 30_000, interval: 5 };
const [EURUSD, GOLD] = ['EURUSD', 'XAUUSD'].map(symbol => {
  return referenceInstrument(loadReferenceData(), { symbol, date: '2014-05-02' })!;
}) as [Instrument, Instrument];
const clock = clockFrom(0);
const timers = wallTimers(clock);

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function feed(instruments: Instrument[], port = 0): Promise<FeedPublisher> {
  const published = await publishFeed({
    ...{ port, originNs: 0n, instruments, clock, timers },
    ...{ positionNs: () => clock.nowNs(), onSubscribed() {}, onGone() {} },
  });
  closing.push(() => published.close());
  return published;
}

function following(port: number, { symbols = {}, quoteIntervalNs = MILLISECOND_NS } = {}) {
  const heard = { quotes: [] as MarketQuote[], problems: [] as string[] };
  const parties = { senderCompId: 'DESK', targetCompId: 'NORTH', heartbeatNs: 0 };
  const north = { ...referenceVenue({ ...parties, session: undefined }), name: 'north', symbols };
  const follower = followVenueFeed(
    { host: '127.0.0.1', port },
    {
      config: {
        ...{ instruments: [EURUSD, GOLD], venues: [north, north] },
        strategies: [{ name: 'alpha', account: 'fund', execution: { quoteIntervalNs } as never }],
      },
      ...{ venue: 1, clock, timers },
      onQuote: quote => void heard.quotes.push(quote),
      onProblem: text => void heard.problems.push(text),
    },
  );
  closing.push(() => follower.close());
  return heard;
}

const show = (published: FeedPublisher, instrument: number, bidIncrements: number) => {
  const prices = { bidIncrements, askIncrements: bidIncrements + 3, bidLots: 4 };
  const tick = { kind: 'quote', instrument, exchangeTimeNs: 0, ...prices } as const;
  published.publish([tick], clock.nowNs());
};

it('says a quote as the venue’s own, of our instrument, whatever the venue calls it', async () => {
  const published = await feed([{ ...GOLD }, { ...EURUSD, symbol: 'E', venueSymbol: 'EUR.X' }]);
  const { quotes, problems } = following(published.port, { symbols: { EURUSD: 'EUR.X' } });
  await vi.waitFor(() => expect(published.subscribers).toBe(1), WAIT);
  show(published, 1, 138_000);
  show(published, 0, 1_290_000);
  await vi.waitFor(() => expect(quotes).toHaveLength(2), WAIT);
  expect(quotes).toMatchObject([
    { instrument: 0, venue: 1, bidIncrements: 138_000, askIncrements: 138_003, bidLots: 4 },
    { instrument: 1, venue: 1, bidIncrements: 1_290_000 },
  ]);
  for (const { tickTimeNs } of quotes) expect(tickTimeNs).toBeLessThanOrEqual(clock.nowNs());
  expect(problems).toEqual([]);
});

it('says no more than was asked for, of each instrument the latest', async () => {
  const published = await feed([EURUSD, GOLD]);
  const { quotes } = following(published.port, { quoteIntervalNs: 200 * MILLISECOND_NS });
  await vi.waitFor(() => expect(published.subscribers).toBe(1), WAIT);
  for (let at = 0; at < 50; at++) show(published, 0, 138_000 + at);
  await vi.waitFor(() => expect(quotes.at(-1)?.bidIncrements).toBe(138_049), WAIT);
  expect(quotes.length).toBeLessThanOrEqual(3);
});

it('leaves out what the feed has in other units, and says so', async () => {
  const published = await feed([{ ...EURUSD, priceIncrement: '0.0001' }]);
  const { quotes, problems } = following(published.port);
  await vi.waitFor(() => expect(published.subscribers).toBe(1), WAIT);
  show(published, 0, 13_800);
  await vi.waitFor(() => {
    expect(problems).toEqual([
      'north: its feed has EUR/USD in other increments or lots',
      'north: its feed has no quotes of XAU/USD',
    ]);
  }, WAIT);
  expect(quotes).toEqual([]);
});

it('tells once that a feed is lost, is replaced by another, and is over', async () => {
  const published = await feed([EURUSD, GOLD]);
  const { quotes, problems } = following(published.port);
  await vi.waitFor(() => expect(published.subscribers).toBe(1), WAIT);
  await published.close();
  const again = await feed([EURUSD, GOLD], published.port);
  await vi.waitFor(() => expect(again.subscribers).toBe(1), WAIT);
  show(again, 0, 138_001);
  await vi.waitFor(() => expect(quotes).toHaveLength(1), WAIT);
  await again.close();
  const other = await feed([GOLD], published.port);
  await vi.waitFor(() => expect(other.subscribers).toBe(1), WAIT);
  show(other, 0, 1_290_000);
  await vi.waitFor(() => expect(quotes.at(-1)).toMatchObject({ instrument: 1, venue: 1 }), WAIT);
  other.finish();
  await vi.waitFor(() => expect(problems.at(-1)).toBe('north: its feed is over'), WAIT);
  const lost = expect.stringMatching(/^north: feed .*; connecting again$/);
  expect(problems).toEqual([
    ...[lost, 'north: its feed is back', lost],
    expect.stringContaining('another one than before'),
    ...['north: its feed is there', 'north: its feed has no quotes of EUR/USD'],
    'north: its feed is over',
  ]);
});
