/** The feed between processes: ticks exact, slow readers cut, losses told, damage survived. */
import { createConnection } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type Clock,
  clockFrom,
  createFrameEncoder,
  MILLISECOND_NS,
  type Nanoseconds,
  type OutriderError,
  SECOND_NS,
  wallTimers,
} from '#engine';
import type { Instrument } from '../instrument.ts';
import { loadReferenceData, referenceInstrument } from '../reference-data.ts';
import type { Tick } from '../tick.ts';
import { readInstruments } from './instruments-text.ts';
import { createFeedEncoder } from './protocol.ts';
import { type FeedPublisher, type PublishFeedOptions, publishFeed } from './publish.ts';
import { type ConnectFeedOptions, connectFeed, type FeedSubscription } from './subscribe.ts';

const WAIT = { timeout: 30_000, interval: 5 };
const ORIGIN_NS = 1_398_988_800_000_000_000n;
const INSTRUMENTS = ['EURUSD', 'GC'].map(symbol => listed(symbol));
/** The feed relives a day: its clock is hours from the subscribers'. */
const FEED_NS = 34_200 * SECOND_NS;
const clock = clockFrom(0);
const timers = wallTimers(clock);
const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

function listed(symbol: string): Instrument {
  return referenceInstrument(loadReferenceData(), { symbol, date: '2014-05-02' })!;
}

type Feed = FeedPublisher & { clock: Clock; gone: string[]; subscriptions(): number };

async function openFeed(given: Partial<PublishFeedOptions> = {}): Promise<Feed> {
  const feedClock = clockFrom(FEED_NS);
  const gone: string[] = [];
  let subscriptions = 0;
  const publisher = await publishFeed({
    ...{ port: 0, originNs: ORIGIN_NS, instruments: INSTRUMENTS, clock, timers },
    positionNs: () => feedClock.nowNs(),
    onSubscribed: () => void subscriptions++,
    onGone: reason => void gone.push(reason),
    ...given,
  });
  opened.push(publisher);
  const feed = { clock: feedClock, gone, subscriptions: () => subscriptions };
  return Object.defineProperties(feed, Object.getOwnPropertyDescriptors(publisher)) as Feed;
}

type Subscriber = FeedSubscription & {
  ticks: Tick[];
  batches: { injectedNs: Nanoseconds; receivedNs: Nanoseconds; ticks: number }[];
  hellos: Parameters<ConnectFeedOptions['onHello']>[0][];
  gaps: string[];
  problems: string[];
  ends: (OutriderError | undefined)[];
};

function subscribeTo(port: number, given: Partial<ConnectFeedOptions> = {}): Subscriber {
  const heard = { ticks: [], batches: [], hellos: [], gaps: [], problems: [], ends: [] };
  const subscriber: Omit<Subscriber, keyof FeedSubscription> = heard;
  const subscription = connectFeed({
    ...{ port, clock, timers },
    onHello: hello => void subscriber.hellos.push(hello),
    onBatch(ticks, injectedNs) {
      subscriber.ticks.push(...ticks);
      subscriber.batches.push({ injectedNs, receivedNs: clock.nowNs(), ticks: ticks.length });
    },
    onGap: reason => void subscriber.gaps.push(reason),
    onEnd: error => void subscriber.ends.push(error),
    onProblem: text => void subscriber.problems.push(text),
    ...given,
  });
  opened.push(subscription);
  return { ...subscriber, ...subscription };
}

const quote = (at: number): Tick => ({
  ...{ kind: 'quote', instrument: at % 2, exchangeTimeNs: FEED_NS + at },
  ...{ bidIncrements: 138_000 + at, askIncrements: 138_004 + at },
});

const quotes = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => quote(from + at));

/** The ticks received once there are so many. */
async function received(subscriber: Subscriber, count: number): Promise<Tick[]> {
  await vi.waitFor(() => expect(subscriber.ticks.length).toBeGreaterThanOrEqual(count), WAIT);
  return subscriber.ticks;
}

describe('a feed', () => {
  it('says what it carries, and nothing flows before someone asks for it', async () => {
    const feed = await openFeed();
    const subscriber = subscribeTo(feed.port);
    await vi.waitFor(() => expect(subscriber.hellos).toHaveLength(1), WAIT);
    const [hello] = subscriber.hellos;
    expect(hello).toMatchObject({ originNs: ORIGIN_NS, instruments: INSTRUMENTS });
    expect(hello!.positionNs).toBeGreaterThanOrEqual(FEED_NS);
    feed.publish(quotes(3), FEED_NS);
    expect(feed.subscriptions()).toBe(0);
    subscriber.subscribe();
    await vi.waitFor(() => expect(feed.subscriptions()).toBe(1), WAIT);
    feed.publish(quotes(2, 100), FEED_NS + 1);
    expect(await received(subscriber, 2)).toEqual(quotes(2, 100));
  });

  it('gives every subscriber every tick in order, long batches in parts', async () => {
    const feed = await openFeed();
    const both = [subscribeTo(feed.port), subscribeTo(feed.port)];
    for (const subscriber of both) subscriber.subscribe();
    await vi.waitFor(() => expect(feed.subscribers).toBe(2), WAIT);
    feed.publish(quotes(2500), FEED_NS);
    feed.publish(quotes(1, 2500), FEED_NS + 5);
    for (const subscriber of both) {
      expect(await received(subscriber, 2501)).toEqual(quotes(2501));
      expect(subscriber.batches.map(({ ticks }) => ticks)).toEqual([1024, 1024, 452, 1]);
    }
  });

  it('says when a tick was due on the subscriber’s clock, within the round trip', async () => {
    const feed = await openFeed();
    const subscriber = subscribeTo(feed.port);
    subscriber.subscribe();
    await vi.waitFor(() => expect(feed.subscribers).toBe(1), WAIT);
    // The best estimate of several round trips: a busy machine spoils single ones.
    await vi.waitFor(async () => {
      const dueNs = feed.clock.nowNs() - 30 * MILLISECOND_NS;
      const ownDueNs = clock.nowNs() - 30 * MILLISECOND_NS;
      feed.publish(quotes(1), dueNs);
      await received(subscriber, subscriber.ticks.length + 1);
      const { injectedNs, receivedNs } = subscriber.batches.at(-1)!;
      expect(Math.abs(injectedNs - ownDueNs)).toBeLessThan(20 * MILLISECOND_NS);
      expect(receivedNs - injectedNs).toBeGreaterThan(10 * MILLISECOND_NS);
    }, WAIT);
    feed.publish(quotes(1), feed.clock.nowNs() + 10 * SECOND_NS);
    await received(subscriber, subscriber.ticks.length + 1);
    const { injectedNs, receivedNs } = subscriber.batches.at(-1)!;
    expect(injectedNs).toBeLessThanOrEqual(receivedNs);
  });

  it('says by how much its clock leaves ours: a limit is held against that', async () => {
    let aheadNs = 0;
    const since = clockFrom(FEED_NS);
    const feed = await openFeed({ positionNs: () => since.nowNs() + aheadNs });
    const offsets: Nanoseconds[] = [];
    const subscriber = subscribeTo(feed.port, { onClockOffset: ns => void offsets.push(ns) });
    subscriber.subscribe();
    await vi.waitFor(() => expect(offsets.length).toBeGreaterThan(0), WAIT);
    // The clocks are hours apart from the start: that is not held against it.
    expect(Math.abs(offsets[0]!)).toBe(0);
    aheadNs = 3 * SECOND_NS;
    await vi.waitFor(() => expect(offsets.at(-1)).toBeGreaterThan(2.5 * SECOND_NS), WAIT);
    aheadNs = -3 * SECOND_NS;
    await vi.waitFor(() => expect(offsets.at(-1)).toBeLessThan(-2.5 * SECOND_NS), WAIT);
  });

  it('tells its end to those who are there and to those who come later', async () => {
    const feed = await openFeed();
    const early = subscribeTo(feed.port);
    early.subscribe();
    await vi.waitFor(() => expect(feed.subscribers).toBe(1), WAIT);
    feed.finish();
    await vi.waitFor(() => expect(early.ends).toEqual([undefined]), WAIT);
    const late = subscribeTo(feed.port);
    late.subscribe();
    await vi.waitFor(() => expect(late.ends).toEqual([undefined]), WAIT);
    expect(early.gaps.concat(late.gaps)).toEqual([]);
  });

  it('cuts a subscriber that does not read, says why, and serves the others on', async () => {
    const feed = await openFeed({ unsentBytesMax: 200_000 });
    const good = subscribeTo(feed.port);
    good.subscribe();
    const slow = createConnection({ host: '127.0.0.1', port: feed.port });
    // It may be cut in the midst of its own words.
    slow.on('error', () => {});
    opened.push({ close: () => slow.destroy() });
    const encode = createFeedEncoder();
    slow.write(encode({ kind: 'greet' }));
    slow.write(encode({ kind: 'subscribe', sentNs: 0 }));
    await vi.waitFor(() => expect(feed.subscribers).toBe(2), WAIT);
    slow.pause();
    let sent = 0;
    for (; sent < 4_000 && feed.gone.length === 0; sent++) {
      feed.publish(quotes(1000), FEED_NS);
      // It speaks, or its silence would be what ends it.
      slow.write(encode({ kind: 'ping', sentNs: 0 }));
      // Whoever reads keeps up, however busy the machine: only the other one falls behind.
      while (good.ticks.length < (sent + 1) * 1000) await new Promise(setImmediate);
    }
    expect(feed.gone).toEqual([expect.stringContaining('more than 200000 bytes wait unsent')]);
    expect((await received(good, sent * 1000)).length).toBe(sent * 1000);
  });
});

describe('a feed that is lost', () => {
  it('is found again by itself, and the gap is told before the first tick after it', async () => {
    const feed = await openFeed();
    const subscriber = subscribeTo(feed.port);
    subscriber.subscribe();
    await vi.waitFor(() => expect(feed.subscribers).toBe(1), WAIT);
    feed.publish(quotes(1), FEED_NS);
    await received(subscriber, 1);
    await feed.close();
    const again = await openFeed({ port: feed.port });
    await vi.waitFor(() => expect(again.subscribers).toBe(1), WAIT);
    expect(subscriber.gaps).toEqual(['the other side closed: the feed is shutting down']);
    expect(subscriber.problems).toEqual([expect.stringContaining('connecting again')]);
    again.publish(quotes(1, 7), FEED_NS);
    expect(await received(subscriber, 2)).toEqual([quote(0), quote(7)]);
    expect(subscriber.hellos).toHaveLength(1);
  });

  it('ends the subscription when another market answers in its place', async () => {
    const feed = await openFeed();
    const subscriber = subscribeTo(feed.port);
    await vi.waitFor(() => expect(subscriber.hellos).toHaveLength(1), WAIT);
    await feed.close();
    await openFeed({ port: feed.port, instruments: [INSTRUMENTS[0]!, listed('XAUUSD')] });
    await vi.waitFor(() => expect(subscriber.ends).toHaveLength(1), WAIT);
    expect(subscriber.ends[0]!.message).toContain(
      'instrument 1 is XAUUSD; here they are EURUSD, GC',
    );
  });

  it('is given up after its patience, with the address and what to do', async () => {
    const feed = await openFeed();
    await feed.close();
    const patienceNs = { first: 300 * MILLISECOND_NS, lost: 0 };
    const { ends } = subscribeTo(feed.port, { patienceNs });
    await vi.waitFor(() => expect(ends).toHaveLength(1), WAIT);
    expect(ends[0]!.message).toBe(
      `feed 127.0.0.1:${feed.port}: ECONNREFUSED; check that \`outrider venue\` runs there`,
    );
  });
});

describe('what is no subscriber', () => {
  const encode = createFrameEncoder();
  const longest = Buffer.from([0xff, 0xff, 0xff, 0xff, 1]);

  it.each<[string, Uint8Array, string]>([
    ['a length of 2^32 - 1', longest, 'a frame announces 4294967295 bytes'],
    ['another version', encode(1, f => f.u16('version', 9)), "version is 9, this side's 1"],
    ['a kind that is none', encode(77), 'kind is 77'],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'a frame announces'],
    ['half a field', encode(1, f => f.u8('version', 1)), 'version needs 2 bytes'],
  ])('is told of %s, and the feed lives on', async (_, bytes, reason) => {
    const feed = await openFeed();
    const socket = createConnection({ host: '127.0.0.1', port: feed.port });
    let told = '';
    socket.on('data', (chunk: Buffer) => {
      told += chunk.toString();
    });
    socket.write(bytes);
    await new Promise(resolve => socket.once('close', resolve));
    expect(told).toContain(reason);
    await vi.waitFor(() => expect(feed.gone).toEqual([expect.stringContaining(reason)]), WAIT);
    const subscriber = subscribeTo(feed.port);
    subscriber.subscribe();
    await vi.waitFor(() => expect(feed.subscribers).toBe(1), WAIT);
  });
});

describe('what a feed may not say', () => {
  it.each<[string, Partial<Tick>, string]>([
    ['an instrument that hello does not name', { instrument: 2 }, 'instrument is 2'],
    ['a crossed quote', { askIncrements: 137_000 } as Partial<Tick>, 'crossed quotes'],
  ])('is %s: the connection ends and is tried again', async (_, fields, reason) => {
    const feed = await openFeed();
    const subscriber = subscribeTo(feed.port);
    subscriber.subscribe();
    await vi.waitFor(() => expect(feed.subscribers).toBe(1), WAIT);
    feed.publish([{ ...quote(0), ...fields } as Tick], FEED_NS);
    await vi.waitFor(
      () => expect(subscriber.gaps).toEqual([expect.stringContaining(reason)]),
      WAIT,
    );
    expect(subscriber.ticks).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['no list', {}, 'instruments: '],
    ['no instrument', [], 'instruments: '],
    ['a field missing', [{ ...INSTRUMENTS[0], lotSize: undefined }], 'instruments.0.lotSize'],
    ['a lot of nothing', [{ ...INSTRUMENTS[0], lotSize: '0' }], 'instruments.0.lotSize'],
    ['a field unknown', [{ ...INSTRUMENTS[0], lots: 1 }], 'instruments.0'],
    ['a symbol twice', [INSTRUMENTS[0], INSTRUMENTS[0]], 'a symbol stands twice'],
  ])('is a table of instruments with %s', (_, table, problem) => {
    expect(() => readInstruments(JSON.stringify(table))).toThrow(problem);
  });
});
