/** Without these, the relay could spoil a feed no fault touches, or hide a fault from the run. */
import { afterEach, expect, it, vi } from 'vitest';
import { clockFrom, type OutriderError, SECOND_NS, wallTimers } from '#engine';
import {
  connectFeed,
  type FeedPublisher,
  loadReferenceData,
  publishFeed,
  referenceInstrument,
  type Tick,
} from '#market';
import { type FeedRelay, startFeedRelay } from './relay.ts';

const WAIT = { timeout: 30_000, interval: 5 };
/** The venue's feed relives a day: its clock is hours from the relay's. */
const FEED_NS = 34_200 * SECOND_NS;
const clock = clockFrom(0);
const timers = wallTimers(clock);
const INSTRUMENT = referenceInstrument(loadReferenceData(), {
  ...{ symbol: 'EURUSD', date: '2014-05-02' },
})!;

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

const quote = (at: number): Tick => ({
  ...{ kind: 'quote', instrument: 0, exchangeTimeNs: FEED_NS + at },
  ...{ bidIncrements: 100_000 + at, askIncrements: 100_001 + at },
});

type Heard = { ticks: Tick[]; agesNs: number[]; gaps: number; ends: (OutriderError | undefined)[] };

async function openFeed() {
  const feedClock = clockFrom(FEED_NS);
  let subscriptions = 0;
  const venue: FeedPublisher = await publishFeed({
    ...{ port: 0, clock, timers, originNs: 0n, instruments: [INSTRUMENT] },
    positionNs: () => (subscriptions > 0 ? feedClock.nowNs() : FEED_NS),
    onSubscribed: () => void subscriptions++,
    onGone() {},
  });
  const failures: OutriderError[] = [];
  const onFailure = (error: OutriderError) => void failures.push(error);
  const relay: FeedRelay = await startFeedRelay({
    upstreamPort: venue.port,
    seed: 1,
    clock,
    onFailure,
  });
  const heard: Heard = { ticks: [], agesNs: [], gaps: 0, ends: [] };
  const run = connectFeed({
    ...{ port: relay.port, clock, timers },
    onHello: () => run.subscribe(),
    onBatch(ticks, injectedNs) {
      heard.ticks.push(...ticks);
      heard.agesNs.push(clock.nowNs() - injectedNs);
    },
    onGap: () => void heard.gaps++,
    onEnd: error => void heard.ends.push(error),
    onProblem() {},
  });
  opened.push(
    () => run.close(),
    () => relay.close(),
    () => venue.close(),
  );
  await relay.begun;
  await vi.waitFor(() => expect(subscriptions).toBe(1), WAIT);
  const give = (at: number) => venue.publish([quote(at)], feedClock.nowNs());
  return { venue, relay, heard, give };
}

it('hands on every tick with its age, and notes each quote', async () => {
  const { relay, heard, give } = await openFeed();
  for (let at = 0; at < 50; at++) give(at);
  await vi.waitFor(() => expect(heard.ticks).toHaveLength(50), WAIT);
  expect(heard.ticks).toEqual(Array.from({ length: 50 }, (_, at) => quote(at)));
  expect(Math.max(...heard.agesNs)).toBeLessThan(10 * SECOND_NS);
  expect(relay.delivered.map(({ bidIncrements }) => bidIncrements)).toEqual(
    heard.ticks.map(tick => tick.kind === 'quote' && tick.bidIncrements),
  );
  for (const { arrivedNs, deliveredNs } of relay.delivered) {
    expect(deliveredNs).toBeGreaterThanOrEqual(arrivedNs);
  }
});

it('loses what comes in a gap, without the run being told', async () => {
  const { relay, heard, give } = await openFeed();
  relay.disturb('gap', 1);
  give(1);
  await new Promise(resolve => setTimeout(resolve, 100));
  relay.undisturb('gap');
  give(2);
  await vi.waitFor(() => expect(heard.ticks).toEqual([quote(2)]), WAIT);
  expect(heard.gaps).toBe(0);
  expect(relay.delivered).toHaveLength(1);
});

it('cuts the run off and lets it come back, and ends with the feed', async () => {
  const { relay, heard, give } = await openFeed();
  await relay.disconnect();
  give(1);
  await relay.reconnect();
  await vi.waitFor(() => expect(heard.gaps).toBe(1), WAIT);
  await vi.waitFor(() => {
    give(2);
    expect(heard.ticks.length).toBeGreaterThan(0);
  }, WAIT);
  expect(new Set(heard.ticks.map(tick => tick.exchangeTimeNs))).toEqual(new Set([FEED_NS + 2]));
  relay.finish();
  await vi.waitFor(() => expect(heard.ends).toEqual([undefined]), WAIT);
});

it('says where no feed answers', async () => {
  const onFailure = () => {};
  const starting = startFeedRelay({ upstreamPort: 1, seed: 1, clock, onFailure });
  await expect(starting).rejects.toMatchObject({ code: 'network' });
});
