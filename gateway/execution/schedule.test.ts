/** Schedules of parents: without these tests, slices could leave early, late, or miss the total. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SECOND_NS } from '#engine';
import { signalAt } from '../paper-world.ts';
import { beginParent, changeParent, NEVER_NS, type Parent, updateParent } from './parent.ts';
import type { PovSlicing, Slicing, TwapSlicing } from './policy.ts';
import { scheduleAt } from './schedule.ts';

const START_NS = 36_000 * SECOND_NS;
const NO_VOLUME = { tradedLots: 0, bidLots: 0, askLots: 0 };

const parentOf = (desiredLots: number, slicing: Slicing | undefined): Parent =>
  beginParent({
    ...{ id: 1, strategy: 0, instrument: 0, startNs: START_NS, startVolume: { ...NO_VOLUME } },
    ...{ signal: signalAt(START_NS, { desiredLots }), positionLots: 0, slicing },
  });

const TWAP: TwapSlicing = {
  ...{ kind: 'twap', durationNs: 600 * SECOND_NS, slices: 10, catchUpPercent: 75 },
  ...{ jitterPercent: 0, seed: 0 },
};
const POV: PovSlicing = {
  ...{
    kind: 'pov',
    durationNs: 600 * SECOND_NS,
    volume: 'traded',
    participationPerMillion: 100_000,
  },
  ...{ capLots: 50, floorPercent: 0 },
};

describe('an even schedule', () => {
  it('lets each slice out at its start and the last one with the rest', () => {
    const parent = parentOf(1003, TWAP);
    const releasedAt = (seconds: number) =>
      scheduleAt(parent, TWAP, { nowNs: START_NS + seconds * SECOND_NS, volume: NO_VOLUME })
        .releasedLots;
    expect([0, 59, 60, 120, 539, 540, 599].map(releasedAt)).toEqual([
      100, 100, 200, 300, 902, 1003, 1003,
    ]);
  });

  it('is behind from three quarters of a slice on, and due at each change', () => {
    const parent = parentOf(1000, TWAP);
    const at = (seconds: number, doneLots: number) => {
      parent.doneLots = doneLots;
      const nowNs = START_NS + seconds * SECOND_NS;
      const { isBehind, dueNs } = scheduleAt(parent, TWAP, { nowNs, volume: NO_VOLUME });
      return [isBehind, (dueNs - START_NS) / SECOND_NS];
    };
    expect(at(0, 0)).toEqual([false, 45]);
    expect(at(45, 99)).toEqual([true, 60]);
    expect(at(45, 100)).toEqual([false, 60]);
    expect(at(545, 900)).toEqual([false, 585]);
    expect(at(585, 999)).toEqual([true, 600]);
    const patient = { ...TWAP, catchUpPercent: 100 };
    expect(
      scheduleAt(parent, patient, { nowNs: START_NS + 59 * SECOND_NS, volume: NO_VOLUME }),
    ).toMatchObject({ isBehind: false, dueNs: START_NS + 60 * SECOND_NS });
  });
});

describe('a schedule with late slices', () => {
  const late = { ...TWAP, jitterPercent: 50, seed: 3 };
  const startsOf = (slicing: TwapSlicing, id: number) => {
    const parent = { ...parentOf(1000, slicing), id };
    const starts: number[] = [];
    let released = 0;
    for (let second = 0; second < 600; second++) {
      const nowNs = START_NS + second * SECOND_NS;
      const { releasedLots } = scheduleAt(parent, slicing, { nowNs, volume: NO_VOLUME });
      if (releasedLots > released) starts.push(second);
      released = releasedLots;
    }
    return starts;
  };

  it('starts each within its share of the slice, the same way again for one seed alone', () => {
    const starts = startsOf(late, 1);
    expect(starts).toHaveLength(10);
    for (const [slice, second] of starts.entries()) {
      expect(second).toBeGreaterThanOrEqual(60 * slice);
      expect(second).toBeLessThanOrEqual(60 * slice + 30);
    }
    expect(new Set(starts.map(second => second % 60)).size).toBeGreaterThan(5);
    expect(startsOf(late, 1)).toEqual(starts);
    expect(startsOf({ ...late, seed: 4 }, 1)).not.toEqual(starts);
    expect(startsOf(late, 2)).not.toEqual(starts);
  });
});

describe('participation', () => {
  const at = (tradedLots: number, given: Partial<PovSlicing> = {}, doneLots = 0) => {
    const slicing = { ...POV, ...given };
    const parent = parentOf(1000, slicing);
    parent.doneLots = doneLots;
    const volume = { tradedLots, bidLots: 70, askLots: 90 };
    return scheduleAt(parent, slicing, { nowNs: START_NS + 60 * SECOND_NS, volume });
  };

  it('follows the volume, a lot at a time, no further than its cap beyond what is done', () => {
    expect([0, 9, 10, 399, 1_000_000].map(lots => at(lots).releasedLots)).toEqual([
      0, 0, 1, 39, 50,
    ]);
    expect(at(1_000_000, {}, 40).releasedLots).toBe(90);
    expect(at(1_000_000, {}, 990).releasedLots).toBe(1000);
  });

  it('counts what the side it takes from shows, where the feed has no trades', () => {
    expect(at(0, { volume: 'quoted', participationPerMillion: 500_000 }).releasedLots).toBe(45);
  });

  it('keeps to its floor in a silent market and says that it is behind', () => {
    const floored = at(0, { floorPercent: 40 });
    expect(floored).toMatchObject({ releasedLots: 40, isBehind: true });
    expect(at(0, { floorPercent: 40 }, 40).isBehind).toBe(false);
    expect(floored.dueNs).toBe(START_NS + 60.6 * SECOND_NS);
  });
});

it('releases everything at once without slicing', () => {
  const parent = parentOf(-7, undefined);
  expect(scheduleAt(parent, undefined, { nowNs: START_NS, volume: NO_VOLUME })).toEqual({
    ...{ releasedLots: 7, isBehind: false, dueNs: NEVER_NS },
  });
});

const slicings = fc.oneof<fc.Arbitrary<Slicing>[]>(
  fc.record({
    kind: fc.constant('twap' as const),
    durationNs: fc.integer({ min: 1, max: 86_400_000 }).map(ms => ms * 1_000_000),
    slices: fc.integer({ min: 1, max: 1_000 }),
    catchUpPercent: fc.nat(100),
    jitterPercent: fc.nat(100),
    seed: fc.nat(0xffff_ffff),
  }),
  fc.record({
    kind: fc.constant('pov' as const),
    durationNs: fc.integer({ min: 1, max: 86_400_000 }).map(ms => ms * 1_000_000),
    volume: fc.constantFrom('traded' as const, 'quoted' as const),
    participationPerMillion: fc.integer({ min: 1, max: 1_000_000 }),
    capLots: fc.integer({ min: 1, max: 10_000 }),
    floorPercent: fc.nat(100),
  }),
);

it('never takes back what it let out, never passes the total, and asks for a later time', () => {
  const turns = fc.array(
    fc.record({
      afterPerMille: fc.nat(200),
      lots: fc.nat(1_000_000),
      fills: fc.nat(100),
      desiredLots: fc.option(fc.integer({ min: 1, max: 1_000_000_000 }), { nil: undefined }),
    }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(slicings, fc.integer({ min: 1, max: 1e9 }), turns, (slicing, total, given) => {
      const parent = parentOf(total, slicing);
      const volume = { ...NO_VOLUME };
      let nowNs = START_NS;
      let positionLots = 0;
      for (const turn of given) {
        nowNs += Math.floor((slicing.durationNs / 1000) * turn.afterPerMille);
        volume.tradedLots += turn.lots;
        volume.askLots += 2 * turn.lots;
        positionLots += Math.min(turn.fills, parent.releasedLots - parent.doneLots);
        const { desiredLots } = turn;
        if (desiredLots !== undefined) {
          changeParent(parent, signalAt(nowNs, { desiredLots }), nowNs);
        }
        updateParent(parent, { positionLots, workingLots: 0, nowNs });
        if (parent.isEnding) return;
        const before = parent.releasedLots;
        const { releasedLots, dueNs } = scheduleAt(parent, slicing, { nowNs, volume });
        expect(releasedLots).toBeGreaterThanOrEqual(before);
        expect(releasedLots).toBeLessThanOrEqual(parent.totalLots);
        expect(dueNs).toBeGreaterThan(nowNs);
        expect([releasedLots, dueNs].every(Number.isSafeInteger)).toBe(true);
        parent.releasedLots = releasedLots;
      }
    }),
  );
});
