/** Booking: without these tests, a bust could leave money behind, or a split hide a loss. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INSTRUMENTS } from '../paper-world.ts';
import { nanosOf } from './amount.ts';
import { bookFill, bustFill, correctFill } from './book.ts';
import type { FeeTerms } from './fee.ts';
import { FILLS_KEPT_MAX, type Fill } from './fill.ts';
import { createHolding, type Holding } from './holding.ts';

const euro = INSTRUMENTS[0]!;
const FREE: FeeTerms = { makerPerMillion: 0, takerPerMillion: 0, perLotNanos: 0, minimumNanos: 0 };
/** A rebate for resting; a fee a lot; a minimum an order. */
const FEES: FeeTerms[] = [
  { makerPerMillion: -15, takerPerMillion: 25, perLotNanos: 0, minimumNanos: 0 },
  { makerPerMillion: 3, takerPerMillion: 7, perLotNanos: -1_234, minimumNanos: 40_000_000_001 },
];

const fillOf = (execId: string, terms: Partial<Fill> = {}): Fill => ({
  ...{ execId, orderId: 'order', venue: 0, side: 1, lots: 1, priceIncrements: 100_000 },
  ...{ isMaker: false, valueDay: 0, ...terms },
});

/** All that a holding has of money, in whole numbers. */
function moneyOf(holding: Holding) {
  const { positionLots, cash, cost, feesPaid, deliveries } = holding;
  return {
    ...{ positionLots, cash: nanosOf(cash), cost: nanosOf(cost), feesPaid: nanosOf(feesPaid) },
    deliveries: [...deliveries]
      .map(([day, delivery]) => [day, delivery.lots, nanosOf(delivery.cash)] as const)
      .toSorted((a, b) => a[0] - b[0]),
    orderFees: [...holding.orderFees]
      .map(([id, { fills, sum }]) => [id, fills, nanosOf(sum)] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  };
}

const holdingWith = (feeTerms: readonly FeeTerms[]) => ({ ...createHolding(euro), feeTerms });

const booked = (fills: readonly Fill[], feeTerms = FEES) => {
  const holding = holdingWith(feeTerms);
  for (const fill of fills) bookFill(holding, fill);
  return holding;
};

const anyFill = fc.record({
  orderId: fc.constantFrom('a', 'b', 'c'),
  venue: fc.nat({ max: 2 }),
  side: fc.constantFrom<1 | -1>(1, -1),
  lots: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 2 ** 31 })),
  priceIncrements: fc.oneof(
    fc.integer({ min: -50, max: 50 }),
    fc.integer({ min: 1, max: 2 ** 40 }),
  ),
  isMaker: fc.boolean(),
  valueDay: fc.nat({ max: 3 }),
});

type Act =
  | { kind: 'fill'; fill: Omit<Fill, 'execId'> }
  | { kind: 'bust'; pick: number; alias: number }
  | { kind: 'correct'; pick: number; alias: number; lots: number; priceIncrements: number };

const pick = { pick: fc.nat(), alias: fc.nat() };
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('fill' as const), fill: anyFill }) },
  fc.record({ kind: fc.constant('bust' as const), ...pick }),
  fc.record({
    ...{ kind: fc.constant('correct' as const), ...pick },
    lots: fc.integer({ min: 1, max: 9 }),
    priceIncrements: fc.integer({ min: -50, max: 50 }),
  }),
);

/** The fills that are left, as a plain list that knows nothing of holdings. */
type Survivor = { names: string[]; fill: Fill };

function perform(holding: Holding, survivors: Survivor[], [serial, next]: [number, Act]): void {
  const execId = `E${serial}`;
  if (next.kind === 'fill') {
    bookFill(holding, { ...next.fill, execId });
    survivors.push({ names: [execId], fill: { ...next.fill, execId } });
    return;
  }
  const index = survivors.length === 0 ? -1 : next.pick % survivors.length;
  const found = survivors[index];
  const refersTo = found?.names[next.alias % found.names.length] ?? 'nothing';
  if (next.kind === 'bust') {
    expect(bustFill(holding, refersTo)?.lots).toBe(found?.fill.lots);
    if (found !== undefined) survivors.splice(index, 1);
    return;
  }
  const { lots, priceIncrements } = next;
  const was = correctFill(holding, { execId, refersTo, lots, priceIncrements });
  expect(was?.lots).toBe(found?.fill.lots);
  if (found === undefined) return;
  const fill = { ...found.fill, lots, priceIncrements };
  survivors[index] = { names: [...found.names, execId], fill };
}

describe('after any fills, busts and corrections', () => {
  it('a holding is what booking the surviving fills gives, to the billionth', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), acts => {
        const holding = holdingWith(FEES);
        const survivors: Survivor[] = [];
        for (const next of acts.entries()) perform(holding, survivors, next);
        expect(moneyOf(holding)).toEqual(moneyOf(booked(survivors.map(({ fill }) => fill))));
      }),
      { numRuns: 500 },
    );
  });

  it('the order of fills changes the average cost alone, never what is held or paid', () => {
    const fills = fc.array(anyFill, { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(fills, fc.nat(), (list, turn) => {
        const named = list.map((fill, at) => ({ ...fill, execId: `E${at}` }));
        const middle = turn % named.length;
        const turned = [...named.slice(middle), ...named.slice(0, middle)];
        const { cost: _, ...money } = moneyOf(booked(named));
        const { cost: __, ...other } = moneyOf(booked(turned));
        expect(other).toEqual(money);
      }),
    );
  });

  it('nothing is left of a holding whose fills were all busted', () => {
    fc.assert(
      fc.property(fc.array(anyFill, { maxLength: 20 }), list => {
        const holding = booked(list.map((fill, at) => ({ ...fill, execId: `E${at}` })));
        for (const at of list.keys()) bustFill(holding, `E${at}`);
        expect(moneyOf(holding)).toEqual(moneyOf(holdingWith(FEES)));
      }),
    );
  });
});

describe('average cost', () => {
  /** Realised profit without fees, and the cost of what is open, in price increments. */
  const split = (...fills: [side: 1 | -1, lots: number, priceIncrements: number][]) => {
    const list = fills.map(([side, lots, priceIncrements], at) =>
      fillOf(`E${at}`, { side, lots, priceIncrements }),
    );
    const { cash, cost } = moneyOf(booked(list, [FREE]));
    const increment = BigInt(createHolding(euro).incrementNanos);
    return [Number((cash + cost) / increment), Number(cost / increment)];
  };

  it('is paid when opened, and realises the difference when closed, long or short', () => {
    expect(split([1, 2, 100], [1, 2, 110])).toEqual([0, 420]);
    expect(split([1, 2, 100], [1, 2, 110], [-1, 1, 120])).toEqual([15, 315]);
    expect(split([-1, 3, 100], [1, 2, 90])).toEqual([20, -100]);
    expect(split([1, 2, 100], [-1, 2, 95])).toEqual([-10, 0]);
  });

  it('begins anew when a fill goes through zero', () => {
    expect(split([1, 2, 100], [-1, 5, 110])).toEqual([20, -330]);
    expect(split([-1, 2, 100], [1, 3, 110])).toEqual([-20, 110]);
  });

  it('leaves what does not divide to what stays open: nothing is lost', () => {
    const thirds = [fillOf('a', { lots: 1 }), fillOf('b', { lots: 2, priceIncrements: 100_001 })];
    const sold = fillOf('c', { side: -1, lots: 1, priceIncrements: 100_001 });
    const { cash, cost } = moneyOf(booked([...thirds, sold], [FREE]));
    expect(cost).toBe(3_000_020_000_000n - 3_000_020_000_000n / 3n);
    expect(cash + cost).toBe(1_000_010_000_000n - 3_000_020_000_000n / 3n);
  });
});

describe('fees', () => {
  const feesOf = (...fills: Fill[]) => moneyOf(booked(fills)).feesPaid;

  it('are by value for who rested and who did not, and a rebate is one below 0', () => {
    expect(feesOf(fillOf('a', { isMaker: false }))).toBe(25_000_000n);
    expect(feesOf(fillOf('a', { isMaker: true }))).toBe(-15_000_000n);
  });

  it('of an order that a minimum raised are those of its fills once they pass it', () => {
    const venue = 1;
    expect(feesOf(fillOf('a', { venue }))).toBe(40_000_000_001n);
    const large = fillOf('b', { venue, lots: 10_000 });
    expect(feesOf(fillOf('a', { venue }), large)).toBe(70_007_000_000n - 10_001n * 1_234n);
    const other = fillOf('b', { venue, orderId: 'other' });
    expect(feesOf(fillOf('a', { venue }), other)).toBe(80_000_000_002n);
  });
});

it('keeps a bounded number of fills for busts, and says of an older one that it has none', () => {
  const holding = holdingWith([FREE]);
  const count = FILLS_KEPT_MAX + 1;
  for (let at = 0; at < count; at++) {
    bookFill(holding, fillOf(`E${at}`, { priceIncrements: 100_000 + (at % 7) }));
  }
  expect(holding.fills).toHaveLength(FILLS_KEPT_MAX / 2 + 1);
  const before = moneyOf(holding);
  expect(bustFill(holding, 'E0')).toBeUndefined();
  expect(moneyOf(holding)).toEqual(before);
  expect(bustFill(holding, `E${count - 1}`)?.lots).toBe(1);
  expect(holding.positionLots).toBe(count - 1);
  expect(nanosOf(holding.cost)).toBe(-nanosOf(holding.cash));
});
