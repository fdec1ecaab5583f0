/** An edge hours off: else it would take old ticks for new ones, or new ones for old, unheard. */
import { expect, it } from 'vitest';
import { SECOND_NS, virtualTime } from '#engine';
import type { ProcessorStatus } from '#engine/runtime';
import { watchEdgeClock } from './edge-clock.ts';

const HOUR_MS = 3_600_000;
const NOON_MS = Date.UTC(2026, 10, 27, 12);

/** An edge that has caught up, on a machine whose clock is ahead of the brokers' by `offMs`. */
function edgeOff(offMs: number) {
  const time = virtualTime(0);
  const said: string[] = [];
  const state = { offMs, phase: 'running' as 'running' | 'restoring', lagRecords: 0 };
  const brokersMs = () => NOON_MS + time.nowNs() / 1e6;
  const clock = watchEdgeClock({
    ...{ clock: time, timers: time, onProblem: (text: string) => void said.push(text) },
    nowMs: () => brokersMs() + state.offMs,
    status: () => ({ phase: 'running', tasks: [state] as unknown as ProcessorStatus['tasks'] }),
  });
  /** For some seconds: ticks of each second, so old at the brokers when they come. */
  const follow = (seconds: number, agesMs: readonly number[]) => {
    for (let second = 0; second < seconds; second++) {
      for (const ageMs of agesMs) clock.onTicks(1, brokersMs() - ageMs);
      time.advanceTo(time.nowNs() + SECOND_NS);
    }
  };
  return { clock, said, state, follow };
}

it.each([
  [3 * HOUR_MS, '3 h 0 min behind ours'],
  [-2 * HOUR_MS, '2 h 0 min ahead of ours'],
])('off by %i ms is said once, with the remedy, and told as a number', (offMs, where) => {
  const { clock, said, follow } = edgeOff(offMs);
  follow(20, [40, 7, 900]);
  const text = `clock: the broker’s is ${where}: set the clock of this machine`;
  expect(said).toEqual([expect.stringContaining(text)]);
  expect(clock.aheadNs).toBeCloseTo((-offMs - 7) * 1e6, -3);
});

it('says when that is over', () => {
  const { said, state, follow } = edgeOff(-2 * HOUR_MS);
  follow(5, [10]);
  state.offMs = 0;
  follow(70, [10]);
  expect(said.slice(1)).toEqual(['clock: the broker’s agrees with ours again']);
});

it('takes no backlog for a clock: not on the way through it, nor as all of it is read', () => {
  const { clock, said, state, follow } = edgeOff(0);
  follow(2, []);
  // Of a night, and read at its own pace: only what waits tells it from a clock.
  state.lagRecords = 5_000;
  follow(30, [9 * HOUR_MS]);
  expect([clock.aheadNs, said]).toEqual([undefined, []]);
  state.lagRecords = 0;
  follow(1, [9 * HOUR_MS]);
  expect([clock.aheadNs, said]).toEqual([undefined, []]);
  follow(5, [10]);
  expect(said).toEqual([]);
  expect(clock.aheadNs).toBeCloseTo(-10e6, -3);
});

it('after a takeover the last ticks of yesterday tell nothing, the first new one does', () => {
  const { clock, said, state, follow } = edgeOff(3 * HOUR_MS);
  follow(2, []);
  clock.onAssigned();
  follow(1, [9 * HOUR_MS]);
  state.phase = 'restoring';
  follow(1, []);
  state.phase = 'running';
  follow(1, [9 * HOUR_MS]);
  expect(said).toEqual([]);
  follow(3, []);
  follow(1, [10]);
  expect(said).toHaveLength(1);
  clock.close();
});
