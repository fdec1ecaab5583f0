/** The law's ten controls at their limits: without these tests, an order beyond one could leave. */
import { describe, expect, it } from 'vitest';
import { loadedKernels, twinKernels } from '#native';
import type { RuleName } from './rules.ts';
import { createFirm, type Firm, type Wish } from './testing/firm.ts';

const NOW_NS = 43_200_000_000_000;
const UNIT = 1_000_000_000n;

/** With the limits of the law, those of money for every account. */
function reference(kernels = loadedKernels.kernels): Firm {
  const firm = createFirm(kernels);
  firm.limit('firm', 'positionLots', { hard: 20 });
  firm.limit('firm', 'orderValue', { hard: 5_000 });
  firm.limit('firm', 'orders', { hard: 5 });
  firm.limit('firm', 'collarBasisPoints', { hard: 10 });
  firm.limit('firm', 'tickAgeNs', { hard: 200 });
  firm.limit('firm', 'forecastAgeNs', { hard: 400 });
  firm.limit('account:USD', 'dailyLoss', { hard: 100 });
  firm.limit('account:USD', 'trailingDrawdown', { hard: 300 });
  return firm;
}

/** What differs from a calm moment. */
type Case = Wish & { held?: number; recent?: number; profits?: bigint[]; isKilled?: boolean };

function check(kernels: typeof twinKernels, { held = 0, recent = 0, ...of }: Case) {
  const { profits = [0n, 0n, 0n], isKilled = false, ...wish } = of;
  const firm = reference(kernels);
  for (let at = 0; at < recent; at++) firm.judge({ nowNs: NOW_NS - 999_999_999 });
  firm.happen('sync', { positionLots: held });
  firm.earn('account:USD', ...profits);
  if (isKilled) firm.halt('firm');
  return firm.judge(wish);
}

const lost = (whole: bigint) => [-whole * UNIT, 0n, 0n];
const near = (whole: bigint) => [-whole * UNIT + 1n, 0n, 0n];
const fallen = [0n, 0n, 300n * UNIT];

const BEYOND: [RuleName, at: Case, beyond: Case, seen: number | bigint][] = [
  ['kill-switch', {}, { isKilled: true }, 1],
  ['session-hours', {}, { isOutsideHours: 1 }, 1],
  ['tick-age', { tickTimeNs: NOW_NS - 200 }, { tickTimeNs: NOW_NS - 201 }, 201],
  ['forecast-age', { forecastTimeNs: NOW_NS - 400 }, { forecastTimeNs: NOW_NS - 401 }, 401],
  ['price-collar', { limitIncrements: 100_100 }, { limitIncrements: 100_101 }, 11],
  [
    'price-collar',
    { side: -1, limitIncrements: 99_900 },
    { side: -1, limitIncrements: 99_899 },
    11,
  ],
  ['order-value', { lots: 5 }, { lots: 5, limitIncrements: 100_001 }, 5_000n],
  ['position', { held: 19 }, { held: 20 }, 21],
  ['position', { side: -1, held: -19 }, { side: -1, held: -20 }, 21],
  ['order-rate', { recent: 4 }, { recent: 5 }, 6],
  ['daily-loss', { profits: near(100n), held: 3 }, { profits: lost(100n), held: 3 }, 100n],
  [
    'daily-loss',
    { profits: [-50n * UNIT + 1n, 50n * UNIT, 50n * UNIT] },
    { profits: [-50n * UNIT, 50n * UNIT, 50n * UNIT] },
    100n,
  ],
  ['trailing-drawdown', { profits: [1n, 0n, 300n * UNIT] }, { profits: fallen }, 300n],
];

const implementations = { 'the twin': twinKernels, 'the kernel in use': loadedKernels.kernels };

describe.each(Object.entries(implementations))('%s', (_name, kernels) => {
  it.each(BEYOND)('passes an order at the limit of %s and refuses one beyond', (...row) => {
    const [rule, at, beyond, seen] = row;
    expect(check(kernels, at)).toBe('approved');
    expect(check(kernels, beyond)).toMatchObject({ rule, seen });
  });

  it('says whose limit it is and what it allows, or a refusal could not be understood', () => {
    const refused = check(kernels, { held: 20 });
    expect(refused).toEqual({ rule: 'position', scope: 'firm', seen: 21, allowed: 20 });
    const money = check(kernels, { profits: lost(101n) });
    const scope = 'account:USD';
    expect(money).toEqual({ rule: 'daily-loss', scope, seen: 101n, allowed: 100 });
  });

  it.each([lost(100n), fallen])(
    'past a loss lets exposure shrink or turn but not grow',
    (...profits) => {
      const answer = (held: number, side: 1 | -1, lots: number) =>
        check(kernels, { side, lots, held, profits: profits as bigint[] }) === 'approved';
      expect(answer(3, -1, 3)).toBe(true);
      expect(answer(-3, 1, 2)).toBe(true);
      expect(answer(2, -1, 4)).toBe(true);
      expect(answer(2, -1, 5)).toBe(false);
      expect(answer(-2, -1, 1)).toBe(false);
      expect(answer(0, 1, 1)).toBe(false);
    },
  );

  it('asks in the order of the law, or the reason counted would be another', () => {
    const wrong: [RuleName, Case][] = [
      ['kill-switch', { isKilled: true }],
      ['session-hours', { isOutsideHours: 1 }],
      ['tick-age', { tickTimeNs: NOW_NS - 201 }],
      ['forecast-age', { forecastTimeNs: NOW_NS - 401 }],
      ['price-collar', { limitIncrements: 200_000 }],
      ['order-value', { lots: 30 }],
      ['position', { held: 20 }],
      ['order-rate', { recent: 5 }],
      ['daily-loss', { profits: [-1_000n * UNIT, 0n, 0n] }],
      ['trailing-drawdown', { profits: [-1_000n * UNIT, -1_000n * UNIT, 0n] }],
    ];
    const rules = wrong.map((_, index) => {
      const rest = wrong.slice(index).toReversed();
      const answer = check(kernels, Object.assign({}, ...rest.map(([, each]) => each)));
      return answer === 'approved' ? answer : answer.rule;
    });
    expect(rules).toEqual(wrong.map(([rule]) => rule));
  });

  it('counts value in exact integers: a float would let a huge order pass by a hair', () => {
    const limitIncrements = 2 ** 43 + 1;
    const wish = { lots: 100_000, limitIncrements, midHalfIncrements: 2 * limitIncrements };
    const answer = (hard: number) => {
      const firm = createFirm(kernels);
      firm.limit('firm', 'orderValue', { hard });
      return firm.judge(wish);
    };
    // A thousandth of 100,000 times the limit, which no double of 10^-9 units holds.
    expect(answer(1000 * 2 ** 43 + 999)).toMatchObject({ rule: 'order-value' });
    expect(answer(1000 * 2 ** 43 + 1000)).toBe('approved');
  });
});
