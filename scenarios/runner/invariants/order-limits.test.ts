/** Without these tests, an order above a limit could pass the judge of a scenario. */
import { expect, it } from 'vitest';
import { readFix } from '../measure/fix-bytes.ts';
import { fixText } from '../testing/fix-text.ts';
import { judgeOrderRate, judgeOrderSize } from './order-limits.ts';

const timeOf = (unixMs: number) => unixMs;
let number = 0;
/** So many milliseconds after ten o'clock. */
function order(ms: number, quantity = 100, ...more: `${number}=${string}`[]): string {
  number++;
  const time = `20140502-10:00:${(ms / 1000).toFixed(3).padStart(6, '0')}`;
  return fixText('35=D', `34=${number}`, `52=${time}`, `11=${number}`, `38=${quantity}`, ...more);
}

it('finds a new order above the size, and no other', () => {
  const { checked, violations } = judgeOrderSize([order(0, 600), order(1, 601)].join(''), 600, {
    ...{ spans: [], timeOf },
  });
  expect(checked).toBe(2);
  expect(violations).toHaveLength(1);
});

it('finds one above what operators had set for a while, and none before or after', () => {
  const { messages } = readFix([order(0), order(1_000), order(2_000)].join(''));
  const [first, second, third] = messages.map(({ sentMs }) => sentMs) as [number, number, number];
  const orders = [order(0, 500), order(1_000, 300), order(2_000, 500)].join('');
  const tight = (most: number) => ({
    ...{ spans: [{ fromNs: first, toNs: third, most }], timeOf },
  });
  expect(second).toBeGreaterThan(first);
  expect(judgeOrderSize(orders, 600, tight(300)).violations).toEqual([]);
  expect(judgeOrderSize(orders, 600, tight(299)).violations).toHaveLength(1);
});

it('finds one order too many in a second, wherever the second begins', () => {
  const times = [10_000, 10_400, 10_900, 11_000, 11_400];
  const of = (all: number[]) => all.map(ms => order(ms)).join('');
  expect(judgeOrderRate(of(times), 3).violations).toEqual([]);
  expect(judgeOrderRate(of([...times, 11_500]), 3).violations).toHaveLength(1);
});

it('takes a duplicate for no order', () => {
  const again = [0, 1, 2, 3].map(ms => order(ms, 100, '43=Y'));
  expect(judgeOrderRate(again.join(''), 1)).toMatchObject({ checked: 0, violations: [] });
});
