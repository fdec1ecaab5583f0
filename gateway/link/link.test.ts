/** The link between an edge and a gateway of another process: ages, losses, refusals, damage. */
import { createConnection } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  clockFrom,
  createFrameEncoder,
  MILLISECOND_NS,
  OutriderError,
  SECOND_NS,
  wallTimers,
} from '#engine';
import type { Instrument } from '#market';
import type { MarketQuote } from '../execution/market-quote.ts';
import { INSTRUMENTS, signalAt } from '../paper-world.ts';
import type { Signal } from '../signal.ts';
import { type ConnectGatewayOptions, connectGateway, type GatewayLink } from './connect.ts';
import { createLinkEncoder, type FromEdge } from './protocol.ts';
import { type EdgeDoor, type ServeEdgesOptions, serveEdges } from './serve.ts';

/** Of a door, for longer than a busy machine delays a message. */
const AWAY_MS = 1000;
const WAIT = { timeout: 30_000, interval: 5 };
/** The gateway's clock is the wall's, the edge's relives a morning: they are days apart. */
const gatewayClock = clockFrom(300_000 * SECOND_NS);
const edgeClock = clockFrom(34_200 * SECOND_NS);
const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

type Door = EdgeDoor & {
  signals: Signal[];
  quotes: MarketQuote[];
  lost: number[];
  /** Strategies by their loss. */
  lostOf: number[];
  gone: string[];
  edges: number;
};

async function openDoor(given: Partial<ServeEdgesOptions> = {}): Promise<Door> {
  const quotes: MarketQuote[] = [];
  const heard = {
    signals: [] as Signal[],
    quotes,
    ...{ lost: [] as number[], lostOf: [] as number[] },
    gone: [] as string[],
    edges: 0,
  };
  const door = await serveEdges({
    ...{ port: 0, clock: gatewayClock, timers: wallTimers(gatewayClock), strategies: ['only'] },
    onEdge() {
      heard.edges++;
      return { positions: [7, -3], quoteIntervalsNs: [0, 20 * MILLISECOND_NS] };
    },
    onSignal: signal => void heard.signals.push(signal),
    onQuote: quote => void heard.quotes.push(quote),
    onEdgeLost(strategy) {
      heard.lost.push(gatewayClock.nowNs());
      heard.lostOf.push(strategy);
    },
    onDisconnected: reason => void heard.gone.push(reason),
    ...given,
  });
  opened.push(door);
  return Object.assign(heard, door);
}

type Edge = { link: GatewayLink; positions: [number, number][]; problems: string[] };

function openEdge(port: number, given: Partial<ConnectGatewayOptions> = {}): Edge {
  const positions: [number, number][] = [];
  const problems: string[] = [];
  const link = connectGateway({
    ...{ port, instruments: INSTRUMENTS, clock: edgeClock, timers: wallTimers(edgeClock) },
    onPosition: (instrument, lots) => void positions.push([instrument, lots]),
    onProblem: text => void problems.push(text),
    ...given,
  });
  opened.push(link);
  return { link, positions, problems };
}

const isUp = ({ link }: Edge) => vi.waitFor(() => expect(link.state).toBe('up'), WAIT);

describe('the link of an edge', () => {
  it('brings positions when it is up and whenever one changes', async () => {
    const door = await openDoor();
    const edge = openEdge(door.port);
    await isUp(edge);
    door.sendPosition(0, 1, -9);
    await vi.waitFor(() => expect(edge.positions).toHaveLength(3), WAIT);
    expect(edge.positions.map(String)).toEqual(['0,7', '1,-3', '1,-9']);
  });

  it('carries a signal exactly, its times as ages between two clocks', async () => {
    const door = await openDoor();
    const edge = openEdge(door.port);
    await isUp(edge);
    const nowNs = edgeClock.nowNs();
    const given = signalAt(nowNs, {
      ...{ instrument: 1, desiredLots: -12, style: 'join', basis: 'provisional' },
      ...{ tickTimeNs: nowNs - 40 * MILLISECOND_NS, forecastTimeNs: nowNs - 3 * SECOND_NS },
    });
    edge.link.send(given);
    await vi.waitFor(() => expect(door.signals).toHaveLength(1), WAIT);
    const [got] = door.signals as [Signal];
    const ageNs = gatewayClock.nowNs() - got.timeNs;
    expect(ageNs).toBeGreaterThanOrEqual(0);
    expect(ageNs).toBeLessThan(10 * SECOND_NS);
    const shiftNs = got.timeNs - given.timeNs;
    expect(got).toEqual({
      ...given,
      timeNs: given.timeNs + shiftNs,
      tickTimeNs: given.tickTimeNs + shiftNs,
      forecastTimeNs: given.forecastTimeNs + shiftNs,
    });
  });

  it('carries the quotes asked for, the latest with what was traded meanwhile', async () => {
    const door = await openDoor();
    const edge = openEdge(door.port);
    await isUp(edge);
    const given = (instrument: number, bid: number) => {
      const exchangeTimeNs = edgeClock.nowNs();
      const stamped = { instrument, exchangeTimeNs };
      edge.link.onTicks(
        [
          { kind: 'trade', ...stamped, priceIncrements: bid, sizeLots: 3 },
          { kind: 'quote', ...stamped, bidIncrements: bid, askIncrements: bid + 2, bidLots: 9 },
        ],
        exchangeTimeNs - MILLISECOND_NS,
      );
    };
    for (const bid of [100, 101, 102]) for (const instrument of [0, 1]) given(instrument, bid);
    await vi.waitFor(() => expect(door.quotes).toHaveLength(2), WAIT);
    const shown = { instrument: 1, venue: undefined, bidLots: 9, askLots: 0 };
    expect(door.quotes).toMatchObject([
      { ...shown, bidIncrements: 100, askIncrements: 102, tradedLots: 3 },
      { ...shown, bidIncrements: 102, askIncrements: 104, tradedLots: 6 },
    ]);
    const ageNs = gatewayClock.nowNs() - door.quotes[0]!.tickTimeNs;
    expect(ageNs).toBeGreaterThanOrEqual(MILLISECOND_NS);
    expect(ageNs).toBeLessThan(10 * SECOND_NS);
  });

  it('gives nothing an age below zero, which would never be too old', async () => {
    const door = await openDoor();
    const edge = openEdge(door.port);
    await isUp(edge);
    edge.link.send(signalAt(edgeClock.nowNs() + 3600 * SECOND_NS));
    await vi.waitFor(() => expect(door.signals).toHaveLength(1), WAIT);
    const { timeNs, tickTimeNs, forecastTimeNs } = door.signals[0]!;
    expect(Math.max(timeNs, tickTimeNs, forecastTimeNs)).toBeLessThanOrEqual(gatewayClock.nowNs());
  });

  it('keeps the latest wish of each instrument over a loss, with its age', async () => {
    const door = await openDoor();
    const edge = openEdge(door.port);
    await isUp(edge);
    await door.close();
    await vi.waitFor(() => expect(edge.link.state).toBe('down'), WAIT);
    edge.link.send(signalAt(edgeClock.nowNs(), { desiredLots: 1 }));
    const sentNs = gatewayClock.nowNs();
    edge.link.send(signalAt(edgeClock.nowNs(), { desiredLots: 2 }));
    await new Promise(resolve => setTimeout(resolve, AWAY_MS));
    const again = await openDoor({ port: door.port });
    await vi.waitFor(() => expect(again.signals).toHaveLength(1), WAIT);
    expect(again.signals[0]!.desiredLots).toBe(2);
    const shiftNs = again.signals[0]!.timeNs - sentNs;
    expect(Math.abs(shiftNs)).toBeLessThan(AWAY_MS * MILLISECOND_NS);
    const shutDown = 'the other side closed: the gateway is shutting down; trying again';
    expect(edge.problems[0]).toBe(`gateway 127.0.0.1:${door.port}: ${shutDown}`);
  });
});

describe('the door of a gateway', () => {
  it('finds an edge lost a second after its last word, and not while it is there', async () => {
    const door = await openDoor();
    const edge = openEdge(door.port);
    await isUp(edge);
    await new Promise(resolve => setTimeout(resolve, 1600));
    expect(door.lost).toEqual([]);
    edge.link.close();
    const closedNs = gatewayClock.nowNs();
    await vi.waitFor(() => expect(door.lost).toHaveLength(1), WAIT);
    const afterMs = (door.lost[0]! - closedNs) / MILLISECOND_NS;
    expect(afterMs).toBeGreaterThan(700);
    expect(afterMs).toBeLessThan(10_000);
    await new Promise(resolve => setTimeout(resolve, 1400));
    expect(door.lost).toHaveLength(1);
  });

  it('finds an edge lost that stays connected and says nothing', async () => {
    const door = await openDoor();
    const encode = createLinkEncoder();
    const socket = createConnection({ host: '127.0.0.1', port: door.port });
    opened.push({ close: () => socket.destroy() });
    socket.write(encode({ kind: 'hello', strategy: '', instruments: INSTRUMENTS }));
    await vi.waitFor(() => expect(door.edges).toBe(1), WAIT);
    socket.pause();
    await vi.waitFor(() => expect(door.lost).toHaveLength(1), WAIT);
    await isUp(openEdge(door.port));
  });

  it('finds no edge at all lost as well: nobody came for a log taken up again', async () => {
    const door = await openDoor();
    await vi.waitFor(() => expect(door.lost).toHaveLength(1), WAIT);
  });

  it('refuses a second edge with the reason, and takes it when the first is gone', async () => {
    const door = await openDoor();
    const first = openEdge(door.port);
    await isUp(first);
    const second = openEdge(door.port);
    await vi.waitFor(() => expect(second.problems).toHaveLength(1), WAIT);
    expect(second.problems[0]).toContain('another edge is connected for strategy only; stop it');
    expect(first.link.state).toBe('up');
    first.link.close();
    await isUp(second);
    expect(door.edges).toBe(2);
  });

  it('refuses an edge that its owner does not want, with the owner’s words', async () => {
    const door = await openDoor({
      onEdge([first]: Instrument[]) {
        throw new OutriderError('protocol', `${first!.symbol} is not traded here`);
      },
    });
    const { problems, link } = openEdge(door.port);
    await vi.waitFor(() => expect(problems).toHaveLength(1), WAIT);
    expect(problems[0]).toContain('EURUSD is not traded here');
    expect(link.state).toBe('down');
  });
});

describe('edges of several strategies', () => {
  const strategies = ['alpha', 'beta'];
  const open = () =>
    openDoor({
      strategies,
      onEdge: (_, strategy) => ({
        positions: [10 + strategy, 20 + strategy],
        quoteIntervalsNs: [MILLISECOND_NS, MILLISECOND_NS],
      }),
    });
  const quoteFrom = ({ link }: Edge, bidIncrements: number) => {
    const exchangeTimeNs = edgeClock.nowNs();
    const quote = { kind: 'quote', instrument: 0, exchangeTimeNs, bidIncrements } as const;
    link.onTicks([{ ...quote, askIncrements: bidIncrements + 2 }], exchangeTimeNs);
  };
  const bids = ({ quotes }: Door) => quotes.map(({ bidIncrements }) => bidIncrements);

  it('each hear and move their own positions', async () => {
    const door = await open();
    const [alpha, beta] = strategies.map(strategy => openEdge(door.port, { strategy }));
    await Promise.all([isUp(alpha!), isUp(beta!)]);
    door.sendPosition(1, 0, -5);
    await vi.waitFor(
      () =>
        expect(beta!.positions).toEqual([
          [0, 11],
          [1, 21],
          [0, -5],
        ]),
      WAIT,
    );
    expect(alpha!.positions.map(String)).toEqual(['0,10', '1,20']);
    alpha!.link.send(signalAt(edgeClock.nowNs(), { desiredLots: 3 }));
    await vi.waitFor(() => expect(door.signals).toHaveLength(1), WAIT);
    beta!.link.send(signalAt(edgeClock.nowNs(), { desiredLots: 4 }));
    await vi.waitFor(() => expect(door.signals).toHaveLength(2), WAIT);
    expect(door.signals).toMatchObject([
      { strategy: 0, desiredLots: 3 },
      { strategy: 1, desiredLots: 4 },
    ]);
  });

  it('are lost each by itself: the silence of one says nothing of the other', async () => {
    const door = await open();
    const [alpha, beta] = strategies.map(strategy => openEdge(door.port, { strategy }));
    await Promise.all([isUp(alpha!), isUp(beta!)]);
    beta!.link.close();
    await vi.waitFor(() => expect(door.lostOf).toEqual([1]), WAIT);
    await new Promise(resolve => setTimeout(resolve, 1400));
    expect(door.lostOf).toEqual([1]);
    expect(alpha!.link.state).toBe('up');
  });

  it('give each quote once, or what was traded would be counted twice', async () => {
    const door = await open();
    const alpha = openEdge(door.port, { strategy: 'alpha' });
    await isUp(alpha);
    const beta = openEdge(door.port, { strategy: 'beta' });
    await isUp(beta);
    // A quote is given again until the wish for it has arrived.
    await vi.waitFor(() => {
      quoteFrom(alpha, 100);
      quoteFrom(beta, 200);
      expect(door.quotes.length).toBeGreaterThan(3);
    }, WAIT);
    expect(new Set(bids(door))).toEqual(new Set([100]));
    alpha.link.close();
    await vi.waitFor(() => {
      quoteFrom(beta, 300);
      expect(bids(door)).toContain(300);
    }, WAIT);
    expect(bids(door)).not.toContain(200);
  });

  it('are refused where they do not say whose they are, and where theirs is taken', async () => {
    const door = await open();
    const unnamed = openEdge(door.port);
    await vi.waitFor(() => expect(unnamed.problems).toHaveLength(1), WAIT);
    expect(unnamed.problems[0]).toContain('none is named; give --strategy one of alpha, beta');
    const first = openEdge(door.port, { strategy: 'beta' });
    await isUp(first);
    const second = openEdge(door.port, { strategy: 'beta' });
    await vi.waitFor(() => expect(second.problems).toHaveLength(1), WAIT);
    expect(second.problems[0]).toContain('another edge is connected for strategy beta');
    expect(first.link.state).toBe('up');
  });
});

describe('what an edge may not say', () => {
  const raw = createFrameEncoder();
  const encode = createLinkEncoder();
  const hello = encode({ kind: 'hello', strategy: '', instruments: INSTRUMENTS });
  const signal = (wish: Partial<Signal>) =>
    encode({ kind: 'signal', signal: signalAt(1, wish) } satisfies FromEdge, 1);
  const damaged = Buffer.from(signal({}));
  damaged[6] = 0x7f;

  it.each<[string, Uint8Array[], string]>([
    ['a length of 2^32 - 1', [Buffer.alloc(5, 0xff)], 'a frame announces 4294967295 bytes'],
    ['another version', [raw(1, f => f.u16('version', 9))], 'link version is 9, this side'],
    ['no instruments', [encode({ kind: 'hello', strategy: '', instruments: [] })], 'instruments: '],
    ['a signal before hello', [signal({})], 'instrument is 0; hello names 0'],
    ['a ping before hello', [encode({ kind: 'ping' })], 'ping came before hello'],
    ['a second hello', [hello, hello], 'another edge is connected'],
    ['an unknown instrument', [hello, signal({ instrument: 2 })], 'instrument is 2; hello names 2'],
    ['half a forecast id', [hello, signal({ forecastId: 'abcd' })], 'forecastId has 4 hex digits'],
    ['a kind that is none', [hello, raw(99)], 'kind is 99'],
    [
      'half a signal',
      [hello, raw(3, f => f.u16('strategy, instrument', 0))],
      'decided needs 1 bytes',
    ],
    [
      'a strategy of another',
      [encode({ kind: 'hello', strategy: 'gamma', instruments: INSTRUMENTS })],
      'strategy: gamma is not of this gateway; give --strategy one of only',
    ],
    ['a signal for another', [hello, signal({ strategy: 1 })], 'strategy is 1; give 0'],
    ['damage', [hello, damaged], 'instrument is 127'],
  ])('is told of %s, and the gateway lives on', async (_, frames, reason) => {
    const door = await openDoor();
    const socket = createConnection({ host: '127.0.0.1', port: door.port });
    let told = '';
    socket.on('data', (chunk: Buffer) => {
      told += chunk.toString();
    });
    for (const frame of frames) socket.write(frame);
    await new Promise(resolve => socket.once('close', resolve));
    expect(told).toContain(reason);
    expect(door.signals).toEqual([]);
    await isUp(openEdge(door.port));
  });
});
