/** A run's own gateway before a venue elsewhere: two clocks, one session, ages that stay true. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { clockFrom, SECOND_NS, wallTimers } from '#engine';
import type { Signal } from '#gateway';
import type { Quote } from '#market';
import { loadNgramPair } from '#models';
import { loadConfig } from '../config.ts';
import { feedRemote, openRemoteFeed } from './remote-feed.ts';
import { type RunGateway, startRunGateway } from './remote-run-gateway.ts';
import { hostVenue } from './remote-venue-host.ts';
import { replayGateway } from './replay-logs.ts';

const WAIT = { timeout: 30_000, interval: 10 };
const HERE = { host: '127.0.0.1', port: 0 };
const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

async function openWorld() {
  const directory = mkdtempSync(join(tmpdir(), 'outrider-run-gateway-'));
  const parts = { listen: HERE, feed: HERE, config: loadConfig({}), directory };
  const venue = await hostVenue({ ...parts, onProblem() {} });
  opened.push({ close: () => venue.stop() });
  const feed = await openRemoteFeed({ host: '127.0.0.1', port: venue.feedPort });
  // A run that relives a day of years ago, as one on recorded ticks does.
  const clock = clockFrom(3 * SECOND_NS);
  const state = { quote: undefined as Quote | undefined, isStopped: false };
  void feedRemote(feed, {
    ...{ clock, endNs: Number.POSITIVE_INFINITY, isStopped: () => state.isStopped },
    onBatch(ticks) {
      for (const tick of ticks) {
        if (tick.kind === 'quote' && tick.instrument === 0) state.quote = tick;
      }
    },
    onGap() {},
    onClockOffset() {},
    onProblem() {},
  });
  opened.push({
    close() {
      state.isStopped = true;
    },
  });
  await vi.waitFor(() => expect(state.quote).toBeDefined(), WAIT);
  const config = loadConfig({ venue: `127.0.0.1:${venue.port}` });
  const { instruments, originNs } = feed;
  const setting = { config, originNs, instruments, ...loadNgramPair() };
  const positions: number[] = [];
  const open = (): RunGateway =>
    startRunGateway({
      ...{ setting, clock, timers: wallTimers(clock), start: '', ownVenues: [] },
      logDirectory: join(directory, 'gateway.log'),
      probe: { begin() {}, end() {} },
      onPosition: (_, lots) => void positions.push(lots),
      onSent() {},
      onEffects() {},
      onProblem() {},
    });
  const wish = (desiredLots: number, ageNs = 0): Signal => {
    const { bidIncrements, askIncrements } = state.quote!;
    const timeNs = clock.nowNs() - ageNs;
    return {
      ...{
        strategy: 0,
        instrument: 0,
        timeNs,
        tickTimeNs: timeNs,
        forecastTimeNs: timeNs,
        desiredLots,
      },
      ...{ style: 'cross', limitIncrements: askIncrements + 5, bidIncrements, askIncrements },
      ...{ midLowHalfIncrements: 0, midHighHalfIncrements: 0 },
      ...{ basis: 'verified', forecastId: 'cd'.repeat(16) },
    };
  };
  return { directory, open, wish, positions };
}

it('trades by the wall clock, refuses what is too old, and takes its log up again', async () => {
  const { directory, open, wish, positions } = await openWorld();
  const gateway = open();
  opened.push(gateway);
  gateway.connect();
  await vi.waitFor(() => expect(gateway.isUp).toBe(true), WAIT);
  gateway.onSignal(wish(2, 2 * SECOND_NS));
  expect(gateway.state!.counts.refused).toEqual({ 'tick-age': 1 });
  await vi.waitFor(() => {
    gateway.onSignal(wish(3));
    expect(positions.at(-1)).toBe(3);
  }, WAIT);
  await gateway.stop(2 * SECOND_NS);
  gateway.close();
  const again = open();
  opened.push(again);
  again.connect();
  await vi.waitFor(() => expect(again.isUp).toBe(true), WAIT);
  expect(again.state!.desks[0]!.holding.positionLots).toBe(3);
  await vi.waitFor(() => {
    again.onSignal(wish(4));
    expect(positions.at(-1)).toBe(4);
  }, WAIT);
  await again.stop(2 * SECOND_NS);
  again.close();
  const silent = { connected() {}, message() {}, signal() {} };
  const { state, isComplete } = replayGateway(join(directory, 'gateway.log'), silent);
  expect(isComplete).toBe(true);
  expect(state.desks[0]!.holding.positionLots).toBe(4);
});
