/** The router: without these tests, orders could go to a venue that is closed, dear or stale. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MILLISECOND_NS, SECOND_NS } from '#engine';
import { createFillHistory, missAt, noteLatency, noteOutcome, WHOLE_Q16 } from './fill-history.ts';
import type { RouterPolicy } from './policy.ts';
import { type RouteQuestion, type RouterVenue, routeResting, routeTaking } from './route.ts';

const NOW_NS = 36_000 * SECOND_NS;
const POLICY: RouterPolicy = {
  ...{ quoteAgeNs: SECOND_NS, missPerMillion: 100, latencyPerMillion: 1 },
  ...{ halfLifeNs: 60 * SECOND_NS, switchPerMillion: 5 },
};

type Given = Partial<RouterVenue> & { bid?: number; ask?: number; shown?: number; ageNs?: number };

function venueOf({ bid = 100_000, ask = 100_010, shown = 5, ageNs = 0, ...given }: Given) {
  const touch = {
    ...{ bidIncrements: bid, askIncrements: ask, bidLots: shown, askLots: shown },
    tickTimeNs: NOW_NS - ageNs,
  };
  return {
    ...{ touch, isOpen: true, hasDay: true, hasIoc: true, hasPostOnly: true },
    ...{ makerPerMillion: 0, takerPerMillion: 0, history: createFillHistory(), ...given },
  } satisfies RouterVenue;
}

const question = (given: Given[], asked: Partial<RouteQuestion> = {}): RouteQuestion => ({
  ...{ side: 1, lots: 12, limitIncrements: 100_020, policy: POLICY, nowNs: NOW_NS },
  ...{ venues: given.map(venueOf), ...asked },
});
const taken = (given: Given[], asked: Partial<RouteQuestion> = {}) =>
  routeTaking(question(given, asked)).map(({ venue, lots }) => [venue, lots]);

describe('an order that takes', () => {
  it('goes to the cheapest venue first, as far as it shows, fees in the price', () => {
    expect(taken([{ ask: 100_011 }, { ask: 100_010 }, { ask: 100_012 }])).toEqual([
      [1, 5],
      [0, 5],
      [2, 2],
    ]);
    // 20 per million of 100,010 is two increments: dearer than an ask one above.
    expect(taken([{ takerPerMillion: 20 }, { ask: 100_011 }], { lots: 6 })).toEqual([
      [1, 5],
      [0, 1],
    ]);
    expect(
      taken([{ bid: 99_999 }, { bid: 100_001 }], { side: -1, limitIncrements: 99_999 }),
    ).toEqual([
      [1, 5],
      [0, 5],
    ]);
  });

  it('takes what is left at a venue that shows no size, and nothing beyond the limit', () => {
    expect(taken([{ shown: 0 }, { ask: 100_009 }])).toEqual([
      [1, 5],
      [0, 7],
    ]);
    expect(taken([{ ask: 100_021 }, {}])).toEqual([[1, 5]]);
  });

  it('avoids a venue that misses or is slow, until that is forgotten', () => {
    const history = createFillHistory();
    const now = { nowNs: NOW_NS, halfLifeNs: POLICY.halfLifeNs };
    for (let at = 0; at < 8; at++) noteOutcome(history, { lots: 5, filledLots: 0 }, now);
    // A miss share of 0.4 costs 40 per million: four increments.
    const venues = [{ history }, { ask: 100_012, ageNs: -SECOND_NS * 600 }];
    expect(taken(venues, { lots: 5 })).toEqual([[1, 5]]);
    expect(missAt(history, { ...now, nowNs: NOW_NS + 60 * SECOND_NS })).toBe(history.missQ16 >> 1);
    const later = { nowNs: NOW_NS + 300 * SECOND_NS, policy: { ...POLICY, quoteAgeNs: 1e15 } };
    expect(taken(venues, { lots: 5, ...later })).toEqual([[0, 5]]);
  });

  it('leaves a venue that was slow, and comes back once it is forgiven', () => {
    const now = { nowNs: NOW_NS, halfLifeNs: POLICY.halfLifeNs };
    const chosen = (isForgiven: boolean, asked?: Partial<RouteQuestion>) => {
      const history = createFillHistory();
      noteLatency(history, 30 * MILLISECOND_NS, { ...now, isForgiven });
      const [route] = taken([{ history }, { ask: 100_012 }], { lots: 5, ...asked });
      return route![0];
    };
    const later = { nowNs: NOW_NS + 120 * SECOND_NS, policy: { ...POLICY, quoteAgeNs: 1e15 } };
    expect([chosen(true), chosen(true, later)]).toEqual([1, 0]);
    // As logs of step version 2 have it.
    expect([chosen(false), chosen(false, later)]).toEqual([1, 1]);
  });
});

describe('an order that rests', () => {
  const rests = (given: Given[], current?: number) => routeResting(question(given), current);

  it('goes to the best near touch, then the lowest fee, then the first', () => {
    expect(rests([{}, { bid: 100_001 }])).toBe(1);
    expect(rests([{ makerPerMillion: 3 }, { makerPerMillion: -2 }])).toBe(1);
    expect(rests([{}, {}])).toBe(0);
    expect(rests([{ hasDay: false }, {}])).toBe(1);
  });

  it('stays where it is for a gain too small to lose its place in the queue for', () => {
    expect(rests([{}, { makerPerMillion: 5 }], 1)).toBe(1);
    expect(rests([{}, { makerPerMillion: 6 }], 1)).toBe(0);
    expect(rests([{ bid: 100_001 }, {}], 1)).toBe(0);
    expect(rests([{}, { isOpen: false }], 1)).toBe(0);
    expect(rests([{}, { ageNs: SECOND_NS + 1 }], 1)).toBe(1);
  });
});

const venues = fc.array(
  fc.record({
    ...{ bid: fc.integer({ min: 99_990, max: 100_010 }), shown: fc.nat(20) },
    ...{ isOpen: fc.boolean(), hasDay: fc.boolean(), hasIoc: fc.boolean() },
    ...{ makerPerMillion: fc.integer({ min: -20, max: 20 }), takerPerMillion: fc.nat(50) },
    ageNs: fc.constantFrom(0, SECOND_NS, SECOND_NS + 1),
    hasTouch: fc.boolean(),
  }),
  { minLength: 1, maxLength: 8 },
);

it('never routes to a venue that is closed, stale, blind or unable, nor too much', () => {
  const asked = fc.record({
    side: fc.constantFrom<(1 | -1)[]>(1, -1),
    lots: fc.integer({ min: 1, max: 60 }),
    limitIncrements: fc.integer({ min: 99_990, max: 100_015 }),
  });
  fc.assert(
    fc.property(venues, asked, (given, terms) => {
      const listed = given.map(({ hasTouch, ...each }) => {
        const venue: RouterVenue = venueOf({ ...each, ask: each.bid + 5 });
        return hasTouch ? venue : { ...venue, touch: undefined };
      });
      const asks = question([], { ...terms, venues: listed });
      const routes = routeTaking(asks);
      const resting = routeResting(asks, undefined);
      const chosen = routes.map(({ venue }) => venue);
      if (resting !== undefined) chosen.push(resting);
      for (const venue of chosen) {
        const { touch, isOpen } = listed[venue]!;
        expect(isOpen && touch !== undefined).toBe(true);
        expect(NOW_NS - touch!.tickTimeNs).toBeLessThanOrEqual(SECOND_NS);
      }
      expect(routes.reduce((sum, { lots }) => sum + lots, 0)).toBeLessThanOrEqual(terms.lots);
      for (const { venue, lots } of routes) {
        const { touch, hasDay, hasIoc } = listed[venue]!;
        const far = terms.side === 1 ? touch!.askIncrements : touch!.bidIncrements;
        expect(terms.side * (far - terms.limitIncrements)).toBeLessThanOrEqual(0);
        expect(lots).toBeLessThanOrEqual(touch!.askLots || terms.lots);
        expect(hasDay || hasIoc).toBe(true);
      }
      if (resting !== undefined) expect(listed[resting]!.hasDay).toBe(true);
    }),
  );
});

it('remembers in integers between nothing and a whole, whatever venues did', () => {
  const outcome = fc.record({
    lots: fc.nat(1000),
    filledLots: fc.nat(1200),
    afterNs: fc.nat(1e12),
  });
  fc.assert(
    fc.property(fc.array(outcome, { maxLength: 200 }), fc.boolean(), (outcomes, isForgiven) => {
      const history = createFillHistory();
      let nowNs = 0;
      for (const { afterNs, ...each } of outcomes) {
        nowNs += afterNs;
        noteOutcome(history, each, { nowNs, halfLifeNs: SECOND_NS });
        noteLatency(history, afterNs, { nowNs, halfLifeNs: SECOND_NS, isForgiven });
        expect(Number.isSafeInteger(history.missQ16)).toBe(true);
        expect(history.missQ16).toBeGreaterThanOrEqual(0);
        expect(history.missQ16).toBeLessThanOrEqual(WHOLE_Q16);
        expect(Number.isSafeInteger(history.latencyNs)).toBe(true);
      }
    }),
  );
});
