/** A live gateway's end: without this test, a stop could keep its process from ending. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { SECOND_NS, type Timers, wallClock, wallTimers } from '#engine';
import { recordedMarket, referenceVenue } from '#gateway';
import { SENDER, TARGET } from './comp-ids.ts';
import { startGateway } from './live-gateway.ts';
import { startVenue } from './live-venue.ts';

const STOP_NS = 600 * SECOND_NS;

it('leaves no timer behind once the venue has answered its logout', async () => {
  const originNs = BigInt(Date.now()) * 1_000_000n;
  const clock = wallClock(originNs);
  const directory = mkdtempSync(join(tmpdir(), 'outrider-gateway-'));
  const heartbeatNs = 30 * SECOND_NS;
  const timing = { clock, timers: wallTimers(clock) };
  const venue = await startVenue({
    ...{ ...timing, port: 0, originNs, instruments: [], market: recordedMarket([]), heartbeatNs },
    ...{ storeDirectory: join(directory, 'venue-store'), receiving: () => () => {} },
  });
  const late = latePending(timing.timers, clock.nowNs() + STOP_NS);
  const limits = { positionLots: 1, orderValue: 1, ordersPerSecond: 1, collarBasisPoints: 1 };
  const ages = { dailyLoss: 1, trailingDrawdown: 1, tickAgeNs: 1, forecastAgeNs: 1 };
  const live = startGateway({
    config: {
      ...{ originNs, instruments: [], limits: { ...limits, ...ages }, resendAgeNs: SECOND_NS },
      venues: [referenceVenue({ senderCompId: SENDER, targetCompId: TARGET, heartbeatNs })],
    },
    ...{
      start: '{}',
      logDirectory: join(directory, 'gateway.log'),
      venues: [{ address: { port: venue.port } }],
    },
    ...{ clock, timers: late.timers, probe: { begin() {}, end() {} } },
    ...{ onSent() {}, onPosition() {}, onEffects() {}, onProblem() {} },
  });
  live.connect();
  await vi.waitFor(() => expect(live.gateway.state.venues[0]!.isLoggedOn).toBe(true), {
    timeout: 30_000,
  });
  const stopped = live.stop(STOP_NS);
  expect(late.pending()).toBe(1);
  await stopped;
  expect(late.pending()).toBe(0);
  live.close();
  await venue.close();
});

/** Counts the timers due at or after a time that were neither cancelled nor fired. */
function latePending(timers: Timers, fromNs: number) {
  const pending = new Set<object>();
  const counted: Timers = {
    at(timeNs, callback) {
      const handle = timers.at(timeNs, () => {
        pending.delete(handle);
        callback();
      });
      if (timeNs >= fromNs) pending.add(handle);
      return {
        cancel() {
          pending.delete(handle);
          handle.cancel();
        },
      };
    },
  };
  return { timers: counted, pending: () => pending.size };
}
