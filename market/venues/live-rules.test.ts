/** What an exchange refuses or gets wrong: without these tests a feed would keep a bad book. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SECOND_NS } from '#engine';
import { coinbaseVenue } from './coinbase.ts';
import { createFeedBooks } from './feed-books.ts';
import { binanceWire } from './testing/binance-wire.ts';
import { bybitWire } from './testing/bybit-wire.ts';
import { coinbaseWire } from './testing/coinbase-wire.ts';
import { startExchange } from './testing/exchange-server.ts';
import { follow, isSame } from './testing/follower.ts';
import { krakenWire } from './testing/kraken-wire.ts';
import { okxWire } from './testing/okx-wire.ts';
import { testInstrument } from './testing/sessions.ts';
import type { Wire } from './testing/wire.ts';

const DATA =
  process.env.OUTRIDER_DATA ?? join(import.meta.dirname, '..', '..', '..', 'shared', 'data');
const FOLDER = join(DATA, 'websocket');
const WAIT = { timeout: 60_000, interval: 10 };
const TEST_MS = 120_000;
const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

async function open(wire: Wire) {
  const server = await startExchange(wire);
  opened.push(server);
  return server;
}

function followed(wire: Wire, url: string) {
  const follower = follow(wire, url);
  opened.push(follower.feed);
  return follower;
}

const REFUSALS: [name: string, wire: () => Wire, answer: object, words: string][] = [
  [
    'coinbase',
    () => coinbaseWire(FOLDER),
    { type: 'error', message: 'Failed to subscribe', reason: 'X-USD is not a valid product' },
    'Failed to subscribe X-USD is not a valid product',
  ],
  [
    'kraken',
    () => krakenWire(FOLDER),
    {
      ...{ event: 'subscriptionStatus', status: 'error', pair: 'X/Y' },
      errorMessage: 'Currency pair not supported X/Y',
    },
    'X/Y Currency pair not supported X/Y',
  ],
  [
    'okx',
    () => okxWire(FOLDER, { checksums: false }),
    { event: 'error', code: '60018', msg: 'Wrong URL or channel:books,instId:X' },
    'Wrong URL or channel',
  ],
  [
    'bybit',
    () => bybitWire(FOLDER),
    { success: false, ret_msg: 'Invalid symbol :[orderbook.50.X]', op: 'subscribe' },
    'Invalid symbol',
  ],
  [
    'binance-usdm',
    () => binanceWire(FOLDER),
    { error: { code: 2, msg: 'Invalid request: unknown stream' }, id: 1 },
    'Invalid request: unknown stream',
  ],
];

const CHECKSUMS: [name: string, wire: () => Wire, spoil: (text: string) => string][] = [
  ['kraken', () => krakenWire(FOLDER), text => text.replace(/"c":"\d+"/, '"c":"1"')],
  [
    'okx',
    () => okxWire(FOLDER, { checksums: true }),
    text => text.replace(/"checksum":-?\d+/, '"checksum":7'),
  ],
];

/** Plays a session without one of its messages and gives what was told. */
function gapsWithout(wire: Wire, missing: number): string[] {
  const { venue, instruments } = wire;
  const feed = createFeedBooks({ venue, instruments, originNs: 1_618_617_600_000_000_000n });
  feed.open();
  for (const [at, { text }] of wire.messages.entries()) {
    if (at !== missing) feed.take(text, at);
    feed.output.ticks = [];
  }
  return feed.output.gaps.map(({ reason }) => reason);
}

describe.skipIf(!existsSync(FOLDER))('a feed (needs recorded sessions)', () => {
  describe.each(REFUSALS)('a subscription at %s', (_, wireOf, answer, words) => {
    it(
      'is asked again where it refuses once, and given up with its words after three times',
      async () => {
        const wire = wireOf();
        const server = await open(wire);
        server.refuseSubscriptions(1, JSON.stringify(answer));
        const patient = followed(wire, server.url);
        await vi.waitFor(() => expect(patient.phases).toContain('snapshot'), WAIT);
        expect(patient.problems[0]).toContain(`subscription refused: ${words}`);
        server.refuseSubscriptions(1000, JSON.stringify(answer));
        const { connections } = server;
        const refused = followed(wire, server.url);
        await vi.waitFor(() => expect(refused.ends).toHaveLength(1), WAIT);
        expect(refused.ends[0]).toMatchObject({ code: 'protocol' });
        expect(refused.ends[0]!.message).toContain(words);
        expect([refused.feed.phase, server.connections - connections]).toEqual(['ended', 3]);
      },
      TEST_MS,
    );
  });

  describe.each(CHECKSUMS)('a checksum of %s', (_, wireOf, spoil) => {
    it(
      'that is not the book’s loses that book alone, until a snapshot',
      async () => {
        const wire = wireOf();
        const server = await open(wire);
        const follower = followed(wire, server.url);
        await vi.waitFor(() => expect(follower.phases).toContain('snapshot'), WAIT);
        const half = Math.floor(wire.messages.length / 2);
        const at = wire.messages.findIndex(
          ({ kind, text }, place) => place > half && kind === 'update' && spoil(text) !== text,
        );
        server.fault(at, { text: spoil(wire.messages[at]!.text) });
        await server.play(at + 1);
        await vi.waitFor(() => expect(follower.gaps).toHaveLength(1), WAIT);
        await vi.waitFor(() => expect(follower.feed.isLive).toBe(true), WAIT);
        await server.play();
        await vi.waitFor(() => expect(isSame(follower, server.oracle)).toBe(true), WAIT);
        expect(follower.gaps).toEqual([
          { symbol: wire.messages[at]!.symbol, reason: expect.stringMatching(/^checksum/) },
        ]);
        expect(server.connections).toBe(1);
      },
      TEST_MS,
    );
  });

  describe('snapshots over HTTP', () => {
    it(
      'are asked for again where they are refused, and the book is right in the end',
      async () => {
        const wire = binanceWire(FOLDER);
        const server = await open(wire);
        const follower = followed(wire, server.url);
        await vi.waitFor(() => expect(follower.phases).toContain('snapshot'), WAIT);
        server.refuseRequests(2, 429);
        await vi.waitFor(async () => {
          await server.play(20);
          expect(follower.feed.isLive).toBe(true);
        }, WAIT);
        await server.play();
        await vi.waitFor(() => expect(isSame(follower, server.oracle)).toBe(true), WAIT);
        expect(follower.problems.filter(text => text.includes('HTTP 429'))).toHaveLength(2);
        expect(server.heard.filter(text => text.startsWith('GET '))).toHaveLength(3);
      },
      TEST_MS,
    );
  });

  describe('Coinbase, which numbers no changes', () => {
    it(
      'has no trade missing unseen, where another of its instrument follows',
      () => {
        const wire = coinbaseWire(FOLDER);
        const trades = wire.messages.flatMap(({ kind, symbol }, at) =>
          kind === 'trade' ? [{ symbol, at }] : [],
        );
        const isFollowed = ({ symbol, at }: (typeof trades)[number]) =>
          trades.some(other => other.symbol === symbol && other.at > at);
        const some = trades.filter(isFollowed).filter((_, at) => at % 9 === 0);
        expect(some.length).toBeGreaterThan(5);
        for (const { at } of some) {
          expect(gapsWithout(wire, at)).toEqual([expect.stringMatching(/^trades .* are missing$/)]);
        }
        expect(gapsWithout(wire, -1)).toEqual([]);
      },
      TEST_MS,
    );

    it('loses a book that is crossed, or that its ticker contradicts three times in a row', () => {
      const [instrument] = coinbaseWire(FOLDER).instruments;
      const { venue } = coinbaseWire(FOLDER);
      const feed = createFeedBooks({ venue, instruments: [instrument!], originNs: 0n });
      const product_id = instrument!.venueSymbol;
      const say = (type: string, fields: object) =>
        feed.take(JSON.stringify({ type, product_id, ...fields }), 0);
      const time = (at: number) => ({
        time: `1970-01-01T00:00:${String(at).padStart(2, '0')}.000000Z`,
      });
      const snapshot = () => say('snapshot', { bids: [['10', '1']], asks: [['11', '1']] });
      const bid = (price: string, at: number) =>
        say('l2update', { changes: [['buy', price, '1']], ...time(at) });
      feed.open();
      snapshot();
      bid('11', 1);
      expect(feed.output.gaps.map(({ reason }) => reason)).toEqual([
        'the book is crossed: a change is missing',
      ]);
      snapshot();
      bid('10.5', 2);
      const ticker = (best_bid: string) => say('ticker', { best_bid, best_ask: '11', ...time(3) });
      for (const best of ['10.4', '10.4', '10.5', '10.4', '10.4']) ticker(best);
      expect(feed.output.gaps).toHaveLength(1);
      ticker('10.4');
      expect(feed.output.gaps[1]!.reason).toContain('disagrees with the ticker');
      expect(feed.isLive).toBe(false);
    });
  });
});

describe('a snapshot without a time', () => {
  it('holds up no time that is said after it, however far our clock is ahead', () => {
    const venue = coinbaseVenue();
    const instruments = [testInstrument('BTC-USD', '0.01', '0.001')];
    const feed = createFeedBooks({ venue, instruments, originNs: 0n });
    const AHEAD_NS = 20 * SECOND_NS;
    feed.open();
    const product_id = 'BTC-USD';
    const sides = { bids: [['10', '1']], asks: [['11', '1']] };
    feed.take(JSON.stringify({ type: 'snapshot', product_id, ...sides }), AHEAD_NS + 2e9);
    const changes = [['buy', '10.5', '1']];
    const time = '1970-01-01T00:00:02.5Z';
    feed.take(JSON.stringify({ type: 'l2update', product_id, changes, time }), AHEAD_NS + 2.6e9);
    const quotes = feed.output.ticks.filter(({ kind }) => kind === 'quote');
    expect(quotes.map(tick => [tick.exchangeTimeNs, tick.isTimeEstimated])).toEqual([
      [AHEAD_NS + 2e9, true],
      [2.5e9, undefined],
    ]);
  });
});
