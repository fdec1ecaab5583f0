/** Every risk control at its limit: without these tests, an order beyond one could leave. */
import { describe, expect, it } from 'vitest';
import { createAmount } from '../account/amount.ts';
import { createIntent, type Intent } from '../order/intent.ts';
import { checkRisk } from './check.ts';
import type { RiskView, RuleName } from './control.ts';
import { NANOS_PER_UNIT, type RiskLimits, riskLimits } from './limits.ts';

const NOW_NS = 5_000_000_000;

/** An amount of so many units and 10^-9 of one. */
const units = (whole: bigint, nanos = 0n) => createAmount(whole * NANOS_PER_UNIT + nanos);

const limits = riskLimits({
  ...{ positionLots: 20, orderValue: 5_000, ordersPerSecond: 5, collarBasisPoints: 10 },
  ...{ dailyLoss: 100, trailingDrawdown: 300, tickAgeNs: 200, forecastAgeNs: 400 },
});

/** One lot is 1,000 units at 0.00001 an increment. */
const calm: RiskView = {
  ...{ nowNs: NOW_NS, isKilled: false, isOutsideHours: false },
  ...{ positionLots: 0, recentOrders: 0 },
  ...{ profit: units(0n), dayStart: units(0n), peak: units(0n), incrementNanos: 10_000_000 },
};

/** What differs from a calm moment and a plain wish; no two fields have one name. */
type Case = Partial<Intent & RiskView> & { tickAge?: number; forecastAge?: number };

function check({ tickAge = 0, forecastAge = 0, ...differing }: Case) {
  const times = { tickTimeNs: NOW_NS - tickAge, forecastTimeNs: NOW_NS - forecastAge };
  const wish = { instrument: 0, lots: 1, limitIncrements: 100_000, postOnly: false };
  const all = { ...wish, side: 1, midHalfIncrements: 200_000, ...times, ...calm, ...differing };
  return answerOf(all as Intent & RiskView, limits);
}

/** The objection, or `approved`. */
function answerOf(all: Intent & RiskView, allowed: RiskLimits) {
  const answer = checkRisk(all, all, allowed);
  return 'rule' in answer ? answer : 'approved';
}

const loss = (whole: bigint) => ({ profit: units(-whole) });

const BEYOND: [RuleName, at: Case, beyond: Case, seen: number | bigint][] = [
  ['kill-switch', {}, { isKilled: true }, 1],
  ['session-hours', {}, { isOutsideHours: true }, 1],
  ['tick-age', { tickAge: 200 }, { tickAge: 201 }, 201],
  ['forecast-age', { forecastAge: 400 }, { forecastAge: 401 }, 401],
  ['price-collar', { limitIncrements: 100_100 }, { limitIncrements: 100_101 }, 11],
  [
    'price-collar',
    { side: -1, limitIncrements: 99_900 },
    { side: -1, limitIncrements: 99_899 },
    11,
  ],
  ['order-value', { lots: 5 }, { lots: 5, limitIncrements: 100_001 }, 5_000n],
  ['position', { positionLots: 19 }, { positionLots: 20 }, 21],
  ['position', { side: -1, positionLots: -19 }, { side: -1, positionLots: -20 }, 21],
  ['order-rate', { recentOrders: 4 }, { recentOrders: 5 }, 6],
  [
    'daily-loss',
    { profit: units(-100n, 1n), positionLots: 3 },
    { ...loss(100n), positionLots: 3 },
    100n,
  ],
  [
    'daily-loss',
    { dayStart: units(50n), profit: units(-50n, 1n) },
    { dayStart: units(50n), profit: units(-50n) },
    100n,
  ],
  ['trailing-drawdown', { peak: units(300n), profit: units(0n, 1n) }, { peak: units(300n) }, 300n],
];

describe('a risk control', () => {
  it.each(BEYOND)('passes an order at the limit of %s and refuses one beyond', (...row) => {
    const [rule, at, beyond, seen] = row;
    expect(check(at)).toBe('approved');
    const refused = check(beyond);
    expect(refused).toMatchObject({ kind: 'refused', rule, seen });
  });

  it('says what it allows, or a refusal could not be understood', () => {
    const refused = check({ positionLots: 20 });
    expect(refused).toEqual({ kind: 'refused', rule: 'position', seen: 21, allowed: 20 });
  });
});

describe('past the daily loss or the drawdown', () => {
  const past: Partial<RiskView>[] = [loss(100n), { peak: units(300n) }];
  it.each(past)('exposure may shrink or turn but not grow, at %o', view => {
    const answer = (positionLots: number, side: 1 | -1, lots: number) =>
      check({ side, lots, ...view, positionLots }) === 'approved';
    expect(answer(3, -1, 3)).toBe(true);
    expect(answer(-3, 1, 2)).toBe(true);
    expect(answer(2, -1, 4)).toBe(true);
    expect(answer(2, -1, 5)).toBe(false);
    expect(answer(-2, -1, 1)).toBe(false);
    expect(answer(0, 1, 1)).toBe(false);
  });
});

it('asks the controls in the order of the law, or the reason counted would be another', () => {
  const wrong: [RuleName, Case][] = [
    ['kill-switch', { isKilled: true }],
    ['session-hours', { isOutsideHours: true }],
    ['tick-age', { tickAge: 201 }],
    ['forecast-age', { forecastAge: 401 }],
    ['price-collar', { limitIncrements: 200_000 }],
    ['order-value', { lots: 30 }],
    ['position', { positionLots: 20 }],
    ['order-rate', { recentOrders: 5 }],
    ['daily-loss', loss(1_000n)],
    ['trailing-drawdown', { peak: units(300n) }],
  ];
  const rules = wrong.map((_, index) => {
    const answer = check(Object.assign({}, ...wrong.slice(index).map(([, each]) => each)));
    return answer === 'approved' ? answer : answer.rule;
  });
  expect(rules).toEqual(wrong.map(([rule]) => rule));
});

it('counts value in exact integers: a float would let a huge order pass by a hair', () => {
  const limitIncrements = 3_002_399_751_580_331;
  const wish = { lots: 3, limitIncrements, midHalfIncrements: 2 * limitIncrements };
  const times = { tickTimeNs: NOW_NS, forecastTimeNs: NOW_NS };
  const view = { ...calm, incrementNanos: 1_000_000_000 };
  const all = { ...createIntent({ strategy: 0, instrument: 0 }), ...wish, ...times, ...view };
  const answer = (orderValue: number) => answerOf(all, riskLimits({ ...limits, orderValue }));
  // 3 times the limit is 2^53 + 1, which no float holds.
  expect(answer(Number.MAX_SAFE_INTEGER + 1)).toMatchObject({ rule: 'order-value' });
  expect(answer(Number.MAX_SAFE_INTEGER + 3)).toBe('approved');
});
