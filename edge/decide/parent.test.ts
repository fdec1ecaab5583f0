/** A parent order in other hands: its schedule goes on, its quantity and its end stay. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DAY_NS, SECOND_NS } from '#engine';
import { forecastInts } from '#law';
import { type Parent, parentOf, parentRecordOf, parentSchema } from './parent.ts';
import type { Wish } from './policy.ts';
import { workParent } from './work-parent.ts';

const MOVES = 2;
const FORECAST = new Int32Array(forecastInts(MOVES));
const QUOTE = {
  ...{ kind: 'quote' as const, instrument: 0, exchangeTimeNs: 0 },
  ...{ bidIncrements: 100, askIncrements: 104 },
};
const ZERO_NS = 20_000n * BigInt(DAY_NS) + 5n;

const configs = fc.record({
  parentLots: fc.integer({ min: 1, max: 200 }),
  parentDurationNs: fc.constantFrom(60 * SECOND_NS, 7 * SECOND_NS),
  slices: fc.constantFrom(1, 4, 10),
  crossAfterPercent: fc.constant(75),
  waitSpreadPercent: fc.constant(25),
});
const occasions = fc.array(
  fc.record({
    afterNs: fc.nat({ max: 20 * SECOND_NS }),
    positionLots: fc.integer({ min: -60, max: 60 }),
  }),
  { minLength: 1, maxLength: 30 },
);
/** Occasion that is the last in a commit, and how many more the one who died had decided on. */
const ends = fc.record({ committed: fc.nat({ max: 29 }), more: fc.nat({ max: 5 }) });
/** By how much the successor's clock counts from another time: days, and a part of one. */
const zeros = fc.record({ days: fc.integer({ min: -3, max: 3 }), ns: fc.nat({ max: DAY_NS - 1 }) });

type Occasion = { readonly timeNs: number; readonly positionLots: number };
type Said = Wish & { readonly parent: Parent };

/** An edge's policy, its clock `laterNs` behind the one that the occasions count by. */
function worker(config: Parameters<typeof workParent>[0], laterNs = 0) {
  const policy = workParent(config);
  const parent = () => {
    const known = policy.parents!.get(0)!;
    return { ...known, startNs: known.startNs + laterNs };
  };
  return {
    parents: policy.parents!,
    decide(given: readonly Occasion[]): Said[] {
      return given.map(({ timeNs, positionLots }) => {
        const present = { instrument: 0, timeNs: timeNs - laterNs, quote: QUOTE, positionLots };
        const market = { forecast: FORECAST, moves: MOVES, features: { value: () => undefined } };
        return { ...policy.wish({ ...present, ...market }), parent: parent() };
      });
    },
  };
}

const inTime = (given: readonly { afterNs: number; positionLots: number }[]): Occasion[] => {
  let timeNs = 0;
  return given.map(({ afterNs, positionLots }) => {
    timeNs += afterNs;
    return { timeNs, positionLots };
  });
};

it('goes on in other hands as in the same ones, or a takeover would stretch the schedule', () => {
  fc.assert(
    fc.property(configs, occasions, fc.nat({ max: 29 }), zeros, (config, given, cut, zero) => {
      const all = inTime(given);
      const laterNs = zero.days * DAY_NS + zero.ns;
      const [before, after] = [all.slice(0, cut), all.slice(cut)];
      const first = worker(config);
      const said = first.decide(before);
      const second = worker(config, laterNs);
      const parent = first.parents.get(0);
      second.parents.put(0, parent && overTopic(parent, laterNs));
      const whole = worker(config).decide(all);
      expect([...said, ...second.decide(after)]).toEqual(whole);
    }),
  );
});

it('has its quantity and its end whoever dies, with what the dead one had not committed', () => {
  fc.assert(
    fc.property(configs, occasions, ends, (config, given, { committed, more }) => {
      const all = inTime(given);
      const first = worker(config);
      const said = first.decide(all.slice(0, committed));
      const stored = first.parents.get(0);
      said.push(...first.decide(all.slice(committed, committed + more)));
      const second = worker(config);
      second.parents.put(0, stored);
      said.push(...second.decide(all.slice(committed)));
      const endsOf = new Map<number, number>();
      for (const { parent, desiredLots } of said) {
        const worked = parent.side * (desiredLots - parent.startLots);
        expect(worked).toBeGreaterThanOrEqual(0);
        expect(worked).toBeLessThanOrEqual(config.parentLots);
        // Once a commit has it: one that was lost with its beginner is begun once more.
        if (stored === undefined || parent.number > stored.number) continue;
        const endNs = parent.startNs + config.parentDurationNs;
        expect(endNs).toBe(endsOf.get(parent.number) ?? endNs);
        endsOf.set(parent.number, endNs);
      }
    }),
  );
});

const overTopic = (parent: Parent, laterNs: number): Parent => {
  const { codec } = parentSchema;
  const record = codec.decode(codec.encode(parentRecordOf(parent, ZERO_NS)));
  return parentOf(record, ZERO_NS + BigInt(laterNs));
};
