/** Every risk control at its limit: without these tests, an order beyond one could leave. */
import { describe, expect, it } from 'vitest';
import type { Intent } from '../order/intent.ts';
import { signalAt } from '../paper-world.ts';
import { checkRisk } from './check.ts';
import type { Limits, RiskView, RuleName } from './control.ts';

const NOW_NS = 5_000_000_000;
const UNIT = 1_000_000_000n;

const limits: Limits = {
  ...{ positionLots: 20, orderValue: 5_000, ordersPerSecond: 5, collarBasisPoints: 10 },
  ...{ dailyLoss: 100, trailingDrawdown: 300, tickAgeNs: 200, forecastAgeNs: 400 },
};

/** One lot is 1,000 units at 0.00001 an increment. */
const calm: RiskView = {
  ...{ nowNs: NOW_NS, isKilled: false, positionLots: 0, recentOrders: 0 },
  ...{ profitNanos: 0n, dayStartNanos: 0n, peakNanos: 0n, incrementNanos: 10_000_000n },
};

/** What differs from a calm moment and a plain wish; no two fields have one name. */
type Case = Partial<Intent & RiskView> & { tickAge?: number; forecastAge?: number };

function check({ tickAge = 0, forecastAge = 0, ...differing }: Case) {
  const times = { tickTimeNs: NOW_NS - tickAge, forecastTimeNs: NOW_NS - forecastAge };
  const signal = signalAt(NOW_NS, { bidIncrements: 99_995, askIncrements: 100_005, ...times });
  const wish = { instrument: 0, lots: 1, limitIncrements: 100_000, postOnly: false };
  const all = { ...wish, side: 1, signal, ...calm, ...differing } as const;
  return checkRisk(all, all, limits);
}

const loss = (units: bigint) => ({ profitNanos: -units * UNIT });

const BEYOND: [RuleName, at: Case, beyond: Case, seen: number | bigint][] = [
  ['kill-switch', {}, { isKilled: true }, 1],
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
    { profitNanos: -100n * UNIT + 1n, positionLots: 3 },
    { ...loss(100n), positionLots: 3 },
    100n,
  ],
  [
    'daily-loss',
    { dayStartNanos: 50n * UNIT, profitNanos: -50n * UNIT + 1n },
    { dayStartNanos: 50n * UNIT, profitNanos: -50n * UNIT },
    100n,
  ],
  [
    'trailing-drawdown',
    { peakNanos: 300n * UNIT, profitNanos: 1n },
    { peakNanos: 300n * UNIT },
    300n,
  ],
];

describe('a risk control', () => {
  it.each(BEYOND)('passes an order at the limit of %s and refuses one beyond', (...row) => {
    const [rule, at, beyond, seen] = row;
    expect(check(at).kind).toBe('approved');
    const refused = check(beyond);
    expect(refused).toMatchObject({ kind: 'refused', rule, seen });
  });

  it('says what it allows, or a refusal could not be understood', () => {
    const refused = check({ positionLots: 20 });
    expect(refused).toEqual({ kind: 'refused', rule: 'position', seen: 21, allowed: 20 });
  });
});

describe('past the daily loss or the drawdown', () => {
  const past: Partial<RiskView>[] = [loss(100n), { peakNanos: 300n * UNIT }];
  it.each(past)('exposure may shrink or turn but not grow, at %o', view => {
    const answer = (positionLots: number, side: 1 | -1, lots: number) =>
      check({ side, lots, ...view, positionLots }).kind;
    expect(answer(3, -1, 3)).toBe('approved');
    expect(answer(-3, 1, 2)).toBe('approved');
    expect(answer(2, -1, 4)).toBe('approved');
    expect(answer(2, -1, 5)).toBe('refused');
    expect(answer(-2, -1, 1)).toBe('refused');
    expect(answer(0, 1, 1)).toBe('refused');
  });
});

it('asks the controls in the order of the law, or the reason counted would be another', () => {
  const wrong: [RuleName, Case][] = [
    ['kill-switch', { isKilled: true }],
    ['tick-age', { tickAge: 201 }],
    ['forecast-age', { forecastAge: 401 }],
    ['price-collar', { limitIncrements: 200_000 }],
    ['order-value', { lots: 30 }],
    ['position', { positionLots: 20 }],
    ['order-rate', { recentOrders: 5 }],
    ['daily-loss', loss(1_000n)],
    ['trailing-drawdown', { peakNanos: 300n * UNIT }],
  ];
  const rules = wrong.map((_, index) => {
    const answer = check(Object.assign({}, ...wrong.slice(index).map(([, each]) => each)));
    return answer.kind === 'refused' ? answer.rule : 'approved';
  });
  expect(rules).toEqual(wrong.map(([rule]) => rule));
});

it('counts value in exact integers: a float would let a huge order pass by a hair', () => {
  const intent = { lots: 3, limitIncrements: 3_002_399_751_580_331 };
  const bid = { bidIncrements: intent.limitIncrements, askIncrements: intent.limitIncrements };
  const wish = { instrument: 0, side: 1, postOnly: false, ...intent } as const;
  const view = { ...calm, incrementNanos: 1_000_000_000n };
  const answer = (orderValue: number) =>
    checkRisk({ ...wish, signal: signalAt(NOW_NS, bid) }, view, { ...limits, orderValue });
  // 3 times the limit is 2^53 + 1, which no float holds.
  expect(answer(Number.MAX_SAFE_INTEGER + 1)).toMatchObject({ rule: 'order-value' });
  expect(answer(Number.MAX_SAFE_INTEGER + 3)).toMatchObject({ kind: 'approved' });
});
