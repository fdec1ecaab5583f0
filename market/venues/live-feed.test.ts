/** Live feeds of recorded sessions: what the wire does to them, a book must never hide. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { binanceWire } from './testing/binance-wire.ts';
import { bybitWire } from './testing/bybit-wire.ts';
import { coinbaseWire } from './testing/coinbase-wire.ts';
import { type ExchangeServer, type Fault, startExchange } from './testing/exchange-server.ts';
import { comparable, type Follower, follow, isSame } from './testing/follower.ts';
import { krakenWire } from './testing/kraken-wire.ts';
import { okxWire } from './testing/okx-wire.ts';
import type { Wire } from './testing/wire.ts';
import type { VenueTerms } from './venue.ts';

const DATA =
  process.env.OUTRIDER_DATA ?? join(import.meta.dirname, '..', '..', '..', 'shared', 'data');
const FOLDER = join(DATA, 'websocket');
const WAIT = { timeout: 30_000, interval: 10 };
const TEST_MS = 90_000;
const MILLISECOND = 1e6;
const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

const WIRES: [name: string, wire: () => Wire][] = [
  ['coinbase', () => coinbaseWire(FOLDER)],
  ['kraken', () => krakenWire(FOLDER)],
  ['okx', () => okxWire(FOLDER, { checksums: true })],
  ['okx without checksums', () => okxWire(FOLDER, { checksums: false })],
  ['bybit', () => bybitWire(FOLDER)],
  ['binance-usdm', () => binanceWire(FOLDER)],
];

type Play = { wire: Wire; server: ExchangeServer; follower: Follower };

/** A client that is there before the first message. */
async function open(wire: Wire, terms: Partial<VenueTerms> = {}): Promise<Play> {
  const server = await startExchange(wire);
  opened.push(server);
  const follower = follow(wire, server.url, { terms });
  opened.push(follower.feed);
  await listening(follower);
  return { wire, server, follower };
}

const listening = ({ phases }: Follower) =>
  vi.waitFor(() => expect(['snapshot', 'live']).toContain(phases.at(-1)), WAIT);

const live = ({ feed }: Follower) => vi.waitFor(() => expect(feed.isLive).toBe(true), WAIT);

/** As `live`, while the exchange goes on: some wait for a difference to ask for a snapshot. */
async function liveAgain({ follower, server }: Play): Promise<void> {
  await vi.waitFor(async () => {
    if (!follower.feed.isLive) await server.play(1);
    expect(follower.feed.isLive).toBe(true);
  }, WAIT);
}

/** All that was sent is in: the books are those of the exchange. */
async function settled({ follower, server }: Play): Promise<void> {
  await vi
    .waitFor(() => expect(isSame(follower, server.oracle)).toBe(true), WAIT)
    .catch(() => {
      expect(comparable(follower.books)).toEqual(comparable(server.oracle));
    });
}

/** Where the first message lies, from the half on, of which this holds. */
function placeOf({ messages }: Wire, holds: (at: number) => boolean): number {
  const half = Math.floor(messages.length / 2);
  const at = messages.findIndex((_, place) => place >= half && holds(place));
  if (at < 0) throw new Error('no such message');
  return at;
}

const isUpdate = ({ messages }: Wire, at: number) => messages[at]?.kind === 'update';

/** Two updates of one book, one right after the other. */
const isFirstOfPair = (wire: Wire, at: number) =>
  isUpdate(wire, at) &&
  isUpdate(wire, at + 1) &&
  wire.messages[at]!.symbol === wire.messages[at + 1]!.symbol;

/**
 * A checksum covers the best levels, and the next message may say the same price again: then
 * nothing is lost with the first.
 */
function leavesMark(wire: Wire, at: number): boolean {
  const { symbol, text } = wire.messages[at]!;
  if (!isUpdate(wire, at)) return false;
  const checksumIn = (message: string) => /"c":"(\d+)"/.exec(message)?.[1];
  const last = wire.messages.slice(0, at).findLast(message => message.symbol === symbol)!;
  const [, price = ''] = /\["([\d.]+)"/.exec(text) ?? [];
  const hasChanged = checksumIn(text) === undefined || checksumIn(text) !== checksumIn(last.text);
  return hasChanged && !wire.messages[nextOf(wire, at)]!.text.includes(price);
}

/** The next update of the same book. */
function nextOf({ messages }: Wire, at: number): number {
  const { symbol } = messages[at]!;
  return messages.findIndex(
    (message, place) => place > at && message.kind === 'update' && message.symbol === symbol,
  );
}

describe.skipIf(!existsSync(FOLDER))('a live feed (needs recorded sessions)', () => {
  describe.each(WIRES)('of %s', (name, wireOf) => {
    it(
      'gives the exchange’s own books and no gap, whatever message it ends with',
      async () => {
        const play = await open(wireOf());
        const { server, wire, follower } = play;
        const parts = 7;
        for (let part = 0; part < parts; part++) {
          await server.play(Math.ceil(wire.messages.length / parts));
          if (part > 0) await settled(play);
        }
        expect(follower.gaps).toEqual([]);
        expect(follower.problems).toEqual([expect.stringContaining('live')]);
        const trades = wire.messages.filter(({ kind }) => kind === 'trade');
        const traded = follower.ticks.filter(({ kind }) => kind === 'trade');
        expect(traded.length).toBeGreaterThanOrEqual(trades.length);
        expect(follower.ticks.filter(({ kind }) => kind === 'quote').length).toBeGreaterThan(100);
        expect(server.connections).toBe(1);
      },
      TEST_MS,
    );

    type Given = {
      fault: Fault;
      terms?: Partial<VenueTerms>;
      holds?: (wire: Wire, at: number) => boolean;
    };

    /** Plays half, up to the message that the fault befalls, which it does not play. */
    async function playTo({ fault, terms = {}, holds = isUpdate }: Given) {
      const play = await open(wireOf(), terms);
      const { server, wire, follower } = play;
      const at = placeOf(wire, place => holds(wire, place));
      server.fault(at, fault);
      await server.play(at);
      await live(follower);
      return { ...play, at };
    }

    it.each<[Fault, string]>([
      ['cut', 'closed'],
      ['truncate', 'closed'],
      ['giant', 'more than'],
      [{ text: '{"type":"l2upda' }, 'no JSON'],
      [{ text: '17' }, 'message'],
    ])(
      'tells a gap of every instrument after %j and comes back with the right books',
      async (fault, reason) => {
        const play = await playTo({ fault });
        const { server, follower, wire } = play;
        const { length } = follower.gaps;
        expect(length).toBe(0);
        await server.play(1);
        await vi.waitFor(() => expect(follower.gaps).toHaveLength(wire.instruments.length), WAIT);
        await liveAgain(play);
        await server.play();
        await settled(play);
        for (const gap of follower.gaps) expect(gap.reason).toContain(reason);
        expect(new Set(follower.gaps.map(({ symbol }) => symbol)).size).toBe(
          wire.instruments.length,
        );
        expect(follower.ticks.filter(({ kind }) => kind === 'gap')).toHaveLength(
          wire.instruments.length,
        );
        expect(server.connections).toBe(2);
      },
      TEST_MS,
    );

    it(
      'leaves a connection that fell silent though it stands',
      async () => {
        const short = {
          silenceNs: 300 * MILLISECOND,
          ping: { ...wireOf().venue.terms.ping, everyNs: 100 * MILLISECOND },
        };
        const play = await playTo({ fault: 'silence', terms: short });
        const { server, follower, wire } = play;
        await server.play(1);
        await vi.waitFor(
          () => expect(follower.gaps.length).toBeGreaterThanOrEqual(wire.instruments.length),
          WAIT,
        );
        expect(follower.phases).toContain('stale');
        expect(follower.gaps[0]!.reason).toMatch(/^silent for 0\.\d s$/);
        await liveAgain(play);
        await server.play();
        await settled(play);
        expect(server.connections).toBeGreaterThanOrEqual(2);
      },
      TEST_MS,
    );

    it(
      'takes a message that comes twice once',
      async () => {
        const play = await playTo({ fault: 'duplicate' });
        await play.server.play();
        await settled(play);
        expect(play.follower.gaps).toEqual([]);
      },
      TEST_MS,
    );

    it(
      'waits and comes back where the exchange refuses connections',
      async () => {
        const play = await playTo({ fault: 'cut' });
        const { server, follower } = play;
        server.refuseConnections(2, 429, 1);
        const beforeMs = performance.now();
        await server.play(1);
        await vi.waitFor(() => expect(server.refused).toBe(2), WAIT);
        await liveAgain(play);
        // Retry-After of one second, twice.
        expect(performance.now() - beforeMs).toBeGreaterThan(2000);
        expect(follower.problems.filter(text => text.includes('HTTP 429'))).toHaveLength(2);
        await server.play();
        await settled(play);
      },
      TEST_MS,
    );

    const gapless = name === 'coinbase';

    it.skipIf(gapless)(
      'finds a lost message (needs numbers or checksums)',
      async () => {
        const play = await playTo({ fault: 'drop', holds: leavesMark });
        const { server, follower, wire, at } = play;
        const { symbol } = wire.messages[at]!;
        await server.play(1 + nextOf(wire, at) - at);
        await vi.waitFor(() => expect(follower.gaps.length).toBeGreaterThan(0), WAIT);
        await liveAgain(play);
        await server.play();
        await settled(play);
        expect(new Set(follower.gaps.map(gap => gap.symbol))).toEqual(new Set([symbol]));
        expect(follower.gaps[0]!.reason).toMatch(/missing|checksum/);
        expect(server.connections).toBe(1);
      },
      TEST_MS,
    );

    it(
      'finds messages out of order, or they change nothing',
      async () => {
        const play = await playTo({ fault: 'late', holds: isFirstOfPair });
        const { server, follower } = play;
        await server.play(2);
        await liveAgain(play);
        await server.play();
        await settled(play);
        for (const { reason } of follower.gaps) {
          expect(reason).toMatch(/missing|checksum|order|crossed/);
        }
      },
      TEST_MS,
    );
  });
});
