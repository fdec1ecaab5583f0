/** A file of rates, followed: without it, an account could count money by rates of long ago. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SECOND_NS, virtualTime } from '#engine';
import type { ConversionRate } from '#gateway';
import { followRates } from './follow-rates.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'outrider-rates-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function following(file: string) {
  const time = virtualTime(0);
  const rates: ConversionRate[] = [];
  const problems: string[] = [];
  const follower = followRates(file, {
    ...{ clock: time, timers: time, onRate: each => rates.push(each) },
    onProblem: text => problems.push(text),
  });
  return {
    follower,
    rates,
    problems,
    wait: (s: number) => time.advanceTo(time.nowNs() + s * SECOND_NS),
  };
}

it('reads the file at once and each time it is written, and no more once closed', () => {
  const file = join(folder, 'rates.json');
  writeFileSync(file, '{ "EUR/USD": "1.3871" }');
  const { follower, rates, problems, wait } = following(file);
  expect(rates).toEqual([{ from: 'EUR', to: 'USD', nanos: 1_387_100_000, timeNs: 0 }]);
  wait(5);
  expect(rates).toHaveLength(1);
  writeFileSync(file, '{ "EUR/USD": "1.39", "USDT/USD": "0.9994" }');
  wait(1);
  expect(rates.slice(1)).toEqual([
    { from: 'EUR', to: 'USD', nanos: 1_390_000_000, timeNs: 6 * SECOND_NS },
    { from: 'USDT', to: 'USD', nanos: 999_400_000, timeNs: 6 * SECOND_NS },
  ]);
  follower.close();
  writeFileSync(file, '{ "EUR/USD": "1.5" }');
  wait(5);
  expect([rates.length, problems]).toEqual([3, []]);
});

it('tells once of a file that is missing or wrong, by field, value and remedy, and goes on', () => {
  const file = join(folder, 'rates.json');
  const { rates, problems, wait } = following(file);
  wait(3);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain('no such file');
  writeFileSync(file, '{ "EUR/USD": "-1" }');
  wait(3);
  expect(problems.slice(1)).toEqual([`ratesFile ${file}: EUR/USD: "-1"; give more than 0`]);
  writeFileSync(file, '{ "EUR/USD": "1.25" }');
  wait(1);
  expect(rates).toMatchObject([{ nanos: 1_250_000_000 }]);
});
