/** The venue as a process: its feed is the recording, and orders fill against it. */
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { clockFrom, freePort, listenOn, SECOND_NS } from '#engine';
import { openTicks, type Tick } from '#market';
import { loadConfig } from '../config.ts';
import { feedRemote, openRemoteFeed, type RemoteFeedPorts } from './remote-feed.ts';
import { openProcesses, openTrader } from './remote-processes.ts';
import { hostVenue, type VenueHost } from './remote-venue-host.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const { OUTRIDER_DATA: DATA = join(ROOT, '..', 'shared', 'data') } = process.env;
const EURUSD = join(DATA, 'fx', 'eurusd-oanda', '20140502_quote.zip');
const hasData = await openTicks({ paths: [EURUSD] }).then(
  () => true,
  () => false,
);
const WAIT = { timeout: 30_000, interval: 20 };
const TEST_MS = 600_000;
const HERE = { host: '127.0.0.1', port: 0 };
const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

async function openVenue(options: Record<string, unknown> = {}) {
  const problems: string[] = [];
  const host = await hostVenue({
    ...{ listen: HERE, feed: HERE, config: loadConfig(options) },
    directory: mkdtempSync(join(tmpdir(), 'outrider-venue-')),
    onProblem: text => void problems.push(text),
  });
  opened.push({ close: () => host.stop() });
  return Object.assign(host, { problems });
}

/** All that one subscriber gets, until the feed is over. */
async function listen({ feedPort }: VenueHost, given: Partial<RemoteFeedPorts> = {}) {
  const feed = await openRemoteFeed({ host: '127.0.0.1', port: feedPort });
  const clock = clockFrom(feed.startNs);
  const ticks: Tick[] = [];
  const lateNs: number[] = [];
  const done = feedRemote(feed, {
    ...{ clock, endNs: Number.POSITIVE_INFINITY, isStopped: () => false },
    onBatch(batch, injectedNs) {
      ticks.push(...batch);
      lateNs.push(clock.nowNs() - injectedNs);
    },
    onGap() {},
    onClockOffset() {},
    onProblem() {},
    ...given,
  });
  return { feed, ticks, lateNs, done };
}

describe.skipIf(!hasData)('a venue on recorded ticks (needs OUTRIDER_DATA)', () => {
  it(
    'feeds the recording tick for tick from its beginning, and then says that it is over',
    async () => {
      const venue = await openVenue({ ticks: [EURUSD], speed: 300, duration: '3s' });
      const first = await listen(venue);
      const second = await listen(venue);
      await Promise.all([first.done, second.done]);
      const recorded = await openTicks({ paths: [EURUSD] });
      const { originNs, instruments } = recorded;
      expect(first.feed).toMatchObject({ originNs, instruments });
      const expected: Tick[] = [];
      for await (const batch of recorded.ticks) {
        expected.push(...batch);
        if (expected.length >= first.ticks.length) break;
      }
      expect(first.ticks.length).toBeGreaterThan(100);
      expect(first.ticks).toEqual(expected.slice(0, first.ticks.length));
      expect(second.ticks).toEqual(first.ticks.slice(-second.ticks.length));
      expect(first.feed.startNs).toBe(expected[0]!.exchangeTimeNs);
      expect(Math.min(...first.lateNs)).toBeGreaterThanOrEqual(0);
      expect(first.lateNs.sort((a, b) => a - b)[first.lateNs.length >> 1]).toBeLessThan(SECOND_NS);
    },
    TEST_MS,
  );

  it(
    'fills an edge of another process through a gateway of another process',
    async () => {
      const world = openProcesses();
      opened.push(world);
      const door = await freePort();
      const operations = ['--operations', `127.0.0.1:${door}`];
      const venue = await world.venue(['--ticks', EURUSD, '--speed', '50', ...operations]);
      const gateway = await world.gateway();
      const desk = await openTrader(venue.feedPort, gateway.port);
      opened.push(desk);
      expect(desk.instruments.map(({ symbol }) => symbol)).toEqual(['EURUSD']);
      await vi.waitFor(() => expect(desk.quotes[0]).toBeDefined(), WAIT);
      await vi.waitFor(() => {
        desk.wish(0, { lots: 6, style: 'cross', offset: 20 });
        expect(desk.positions).toEqual([6]);
      }, WAIT);
      const metrics = async () => {
        const text = await (await fetch(`http://127.0.0.1:${door}/metrics`)).text();
        const lines = [...text.matchAll(/^outrider_venue_(\w+) (\S+)$/gm)];
        return Object.fromEntries(lines.map(([, name, value]) => [name, Number(value)]));
      };
      expect(await metrics()).toMatchObject({ session_up: 1, subscribers: 1, disputed_total: 0 });
      await vi.waitFor(async () => {
        desk.wish(0, { lots: 12, style: 'join', offset: -30 });
        expect(await metrics()).toMatchObject({ working_orders: 1 });
      }, WAIT);
      await vi.waitFor(async () => {
        const { ticks_total } = await metrics();
        expect(ticks_total).toBeGreaterThan(10);
      }, WAIT);
      const { orders_total, fills_total, late_seconds } = await metrics();
      expect(fills_total).toBeGreaterThan(0);
      expect(orders_total).toBeGreaterThan(1);
      expect(Math.abs(late_seconds!)).toBeLessThan(30);
    },
    TEST_MS,
  );
});

describe('a venue of its own', () => {
  it('begins to trade with the first subscriber, and stops for one who stops', async () => {
    const venue = await openVenue({ duration: '60s' });
    const before = await openRemoteFeed({ host: '127.0.0.1', port: venue.feedPort });
    await new Promise(resolve => setTimeout(resolve, 300));
    const again = await openRemoteFeed({ host: '127.0.0.1', port: venue.feedPort });
    expect(again.startNs).toBe(before.startNs);
    const state = { isStopped: false };
    const { ticks, done } = await listen(venue, { isStopped: () => state.isStopped });
    await vi.waitFor(() => expect(ticks.length).toBeGreaterThan(20), WAIT);
    expect(ticks[0]!.exchangeTimeNs).toBeGreaterThanOrEqual(before.startNs);
    expect(ticks[0]!.exchangeTimeNs).toBeLessThan(before.startNs + SECOND_NS);
    state.isStopped = true;
    await done;
    for (const { link } of [before, again]) link.subscription.close();
  });

  it('is not there: the run is told the address and what to do', async () => {
    const server = createServer();
    const port = await listenOn(server, { port: 0 });
    await new Promise(resolve => server.close(resolve));
    const failing = openRemoteFeed({ host: '127.0.0.1', port });
    await expect(failing).rejects.toThrow(`127.0.0.1:${port}: ECONNREFUSED; check that`);
  });
});
