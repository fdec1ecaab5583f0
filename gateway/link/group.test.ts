/** Edges of a group at the gateway's door share a strategy, and what each says counts once. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { clockFrom, MILLISECOND_NS, wallTimers } from '#engine';
import type { MarketQuote } from '../execution/market-quote.ts';
import { INSTRUMENTS, signalAt } from '../paper-world.ts';
import { connectGateway, type GatewayLink } from './connect.ts';
import { serveEdges } from './serve.ts';

const WAIT = { timeout: 30_000, interval: 5 };
const clock = clockFrom(0);
const time = { clock, timers: wallTimers(clock) };
const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

async function openDoor() {
  const lots: number[] = [];
  const repeated: number[] = [];
  const quotes: MarketQuote[] = [];
  const lost: (readonly number[] | 'all')[] = [];
  const door = await serveEdges({
    ...{ ...time, port: 0, strategies: ['only'] },
    onEdge: () => ({ positions: [7, -3], quoteIntervalsNs: [MILLISECOND_NS, MILLISECOND_NS] }),
    onSignal: ({ desiredLots }) => void lots.push(desiredLots),
    onRepeated: ({ desiredLots }) => void repeated.push(desiredLots),
    onQuote: quote => void quotes.push(quote),
    onEdgeLost: (_, instruments) => void lost.push(instruments ?? 'all'),
    onDisconnected() {},
  });
  opened.push(door);
  return { door, lots, repeated, quotes, lost };
}

function openEdge(port: number, member: string, group = 'desk') {
  const positions: string[] = [];
  const problems: string[] = [];
  const link = connectGateway({
    ...{ port, ...time, instruments: INSTRUMENTS, group: { group, member } },
    onPosition: (...position) => void positions.push(String(position)),
    onProblem: text => void problems.push(text),
  });
  opened.push(link);
  const say = (desiredLots: number, ticks: number, instrument = 0) =>
    link.send(signalAt(clock.nowNs(), { instrument, desiredLots }), ticks);
  return { link, positions, problems, say };
}

const isUp = (link: GatewayLink) => vi.waitFor(() => expect(link.state).toBe('up'), WAIT);
const heard = (lots: readonly number[], ...expected: number[]) =>
  vi.waitFor(() => expect(lots).toEqual(expected), WAIT);

describe('edges of a group', () => {
  it('are let in together and told positions alike; others are not', async () => {
    const { door } = await openDoor();
    const [one, two] = ['one', 'two'].map(name => openEdge(door.port, name));
    await Promise.all([isUp(one!.link), isUp(two!.link)]);
    door.sendPosition(0, 1, 4);
    const told = ['0,7', '1,-3', '1,4'];
    for (const { positions } of [one!, two!]) {
      await vi.waitFor(() => expect(positions).toEqual(told), WAIT);
    }
    const refused = [openEdge(door.port, 'one'), openEdge(door.port, 'one', 'other')];
    for (const { problems } of refused) {
      await vi.waitFor(() => expect(problems[0]).toContain('another edge is connected'), WAIT);
    }
  });

  it('each give the quotes of their own, or some instruments would have no mark', async () => {
    const { door, quotes } = await openDoor();
    const edges = ['one', 'two'].map(name => openEdge(door.port, name).link);
    await Promise.all(edges.map(isUp));
    const give = () => {
      for (const [instrument, link] of edges.entries()) {
        const exchangeTimeNs = clock.nowNs();
        const prices = { bidIncrements: 100, askIncrements: 102, bidLots: 9 };
        link.onTicks([{ kind: 'quote', instrument, exchangeTimeNs, ...prices }], exchangeTimeNs);
      }
      expect(new Set(quotes.map(quote => quote.instrument))).toEqual(new Set([0, 1]));
    };
    await vi.waitFor(give, WAIT);
  });

  it('say nothing twice: who takes over begins with ticks that were decided on', async () => {
    const { door, lots, repeated } = await openDoor();
    const one = openEdge(door.port, 'one');
    await isUp(one.link);
    one.say(1, 50);
    one.say(2, 51);
    await heard(lots, 1, 2);
    const two = openEdge(door.port, 'two');
    await isUp(two.link);
    for (const ticks of [50, 51, 52]) two.say(ticks, ticks);
    await heard(lots, 1, 2, 52);
    expect(repeated).toEqual([50, 51]);
    // One that was stopped and does not know yet that another has the instrument.
    one.say(3, 52);
    await heard(repeated, 50, 51, 3);
    // Of another instrument it is the first; of one tick there may be two decisions.
    one.say(4, 9, 1);
    one.say(5, 9, 1);
    await heard(lots, 1, 2, 52, 4, 5);
  });

  it('lose with one that falls silent what no other has: the rest trades on', async () => {
    const { door, lots, lost } = await openDoor();
    const [one, two] = ['one', 'two'].map(name => openEdge(door.port, name));
    await Promise.all([isUp(one!.link), isUp(two!.link)]);
    one!.say(5, 10, 1);
    await heard(lots, 5);
    two!.say(6, 10, 0);
    await heard(lots, 5, 6);
    one!.link.close();
    await vi.waitFor(() => expect(lost).toEqual([[1]]), WAIT);
    two!.say(7, 11, 0);
    await heard(lots, 5, 6, 7);
    expect(two!.problems).toEqual([]);
    // Of one that nobody has spoken of since the other took it over, nothing is sure.
    const three = openEdge(door.port, 'three');
    await isUp(three.link);
    two!.link.close();
    await vi.waitFor(() => expect(lost).toEqual([[1], [0, 1]]), WAIT);
    three.link.close();
    await vi.waitFor(() => expect(lost).toEqual([[1], [0, 1], 'all']), WAIT);
  });

  it('have what they gave quotes of, though they want nothing there yet', async () => {
    const { door, lots, quotes, lost } = await openDoor();
    const [one, two] = ['one', 'two'].map(name => openEdge(door.port, name));
    await Promise.all([isUp(one!.link), isUp(two!.link)]);
    one!.say(5, 10, 0);
    await heard(lots, 5);
    const prices = { bidIncrements: 100, askIncrements: 102, bidLots: 9 };
    await vi.waitFor(() => {
      const exchangeTimeNs = clock.nowNs();
      const quote = { kind: 'quote', instrument: 0, exchangeTimeNs, ...prices } as const;
      two!.link.onTicks([quote], exchangeTimeNs);
      expect(quotes).not.toEqual([]);
    }, WAIT);
    one!.link.close();
    await vi.waitFor(() => expect(lost).toEqual([[1]]), WAIT);
  });

  it('keep their orders when one says goodbye, and lose them with the last', async () => {
    const { door, lost } = await openDoor();
    const [one, two] = ['one', 'two'].map(name => openEdge(door.port, name));
    await Promise.all([isUp(one!.link), isUp(two!.link)]);
    one!.link.bye();
    one!.link.close();
    await new Promise(resolve => setTimeout(resolve, 1_600));
    expect(lost).toEqual([]);
    expect(two!.link.state).toBe('up');
    two!.link.bye();
    two!.link.close();
    await vi.waitFor(() => expect(lost).toEqual(['all']), WAIT);
  });

  it('begin anew where none is here: another group counts its own ticks', async () => {
    const { door, lots } = await openDoor();
    const one = openEdge(door.port, 'one');
    await isUp(one.link);
    one.say(1, 50);
    await heard(lots, 1);
    one.link.close();
    const other = openEdge(door.port, 'one', 'other');
    await isUp(other.link);
    other.say(2, 3);
    await heard(lots, 1, 2);
  });
});
