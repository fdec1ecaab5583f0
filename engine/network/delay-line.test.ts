/** The delay line on virtual time: exact delays, order kept, stalls that lose nothing. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { virtualTime } from '../virtual-time.ts';
import { createDelayLine, type Parcel } from './delay-line.ts';
import { preciseTimers } from './precise-timers.ts';

type Delivered = { parcel: Parcel; timeNs: number; latenessNs: number };

function createBench(delayNs: number) {
  const time = virtualTime();
  const delivered: Delivered[] = [];
  const line = createDelayLine({
    ...{ delayNs, clock: time, timers: time },
    deliver(parcel, latenessNs) {
      delivered.push({ parcel, latenessNs, timeNs: time.nowNs() });
    },
  });
  return { time, line, delivered };
}

describe('a delay line', () => {
  // Pushes happen at multiples of 4, stalls begin one later and end one earlier: no two coincide.
  const step = fc.record({
    afterNs: fc.nat(12).map(quarter => 4 * quarter),
    bytes: fc.integer({ min: 1, max: 9 }),
    stallNs: fc.option(
      fc.nat(50).map(quarter => 4 * quarter + 2),
      { freq: 5 },
    ),
  });
  const anyDelay = fc.nat(25).map(quarter => 4 * quarter);

  it('hands everything on in order, each after its delay or at the end of a stall', () => {
    fc.assert(
      fc.property(anyDelay, fc.array(step, { maxLength: 60 }), (delayNs, steps) => {
        const { time, line, delivered } = createBench(delayNs);
        const pushed: { parcel: Parcel; timeNs: number; latenessNs: number }[] = [];
        const stalls: { fromNs: number; untilNs: number }[] = [];
        for (const { afterNs, bytes, stallNs } of steps) {
          const parcel = new Uint8Array(bytes);
          line.push(parcel);
          pushed.push({ parcel, timeNs: time.nowNs() + delayNs, latenessNs: 0 });
          if (stallNs !== null) {
            time.advanceTo(time.nowNs() + 1);
            const fromNs = time.nowNs();
            const before = stalls.at(-1);
            if (before) before.untilNs = Math.min(before.untilNs, fromNs);
            stalls.push({ fromNs, untilNs: fromNs + stallNs });
            line.stallUntil(fromNs + stallNs);
            time.advanceTo(fromNs + 3);
          }
          time.advanceTo(time.nowNs() + afterNs);
        }
        time.advanceTo(time.nowNs() + 1000);
        for (const each of pushed) {
          for (const { fromNs, untilNs } of stalls) {
            if (each.timeNs >= fromNs && each.timeNs < untilNs) each.timeNs = untilNs;
          }
        }
        expect(delivered).toEqual(pushed);
        expect(line.waitingBytes).toBe(0);
      }),
    );
  });

  it('counts what waits, passes ends on like bytes, and forgets all when closed', () => {
    const { time, line, delivered } = createBench(10);
    line.push(new Uint8Array(5));
    line.push('end');
    line.push(new Uint8Array(2));
    expect(line.waitingBytes).toBe(7);
    time.advanceTo(10);
    expect(delivered).toHaveLength(3);
    expect(delivered[1]!.parcel).toBe('end');
    line.push(new Uint8Array(3));
    line.close();
    time.advanceTo(100);
    expect(delivered).toHaveLength(3);
    expect(line.waitingBytes).toBe(0);
  });
});

describe('precise timers', () => {
  it('turn the loop only for the last two milliseconds, or a delay would burn a core', () => {
    const time = virtualTime();
    const turns: (() => void)[] = [];
    const timers = preciseTimers({ clock: time, timers: time, nextTurn: turn => turns.push(turn) });
    let fired = 0;
    const handle = timers.at(10_000_000, () => fired++);
    timers.at(10_000_000, () => fired++);
    expect(turns).toHaveLength(0);
    time.advanceTo(8_000_000);
    expect(turns).toHaveLength(2);
    handle.cancel();
    for (const turn of turns.splice(0)) turn();
    expect(turns).toHaveLength(1);
    time.advanceTo(10_000_000);
    for (const turn of turns.splice(0)) turn();
    expect(fired).toBe(1);
    expect(turns).toHaveLength(0);
  });
});
