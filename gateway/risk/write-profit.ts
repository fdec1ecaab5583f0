/** Profits as a scope of the flat memory has them. */
import type { Account } from '../account/account.ts';
import { SCOPE } from './scope-layout.ts';

type Profits = Pick<Account, 'profit' | 'dayStart' | 'peak' | 'missingRate'>;

/** More than any limit: without a rate nothing may grow. */
export const LOST_HIGH = -(2 ** 50);

/** Written value by value: a copy of three arrays would cost more. */
export function writeProfit(memory: Float64Array, scope: number, profits: Profits): void {
  const { profit, dayStart, peak, missingRate } = profits;
  memory[scope + SCOPE.profit] = missingRate === undefined ? profit[0]! : LOST_HIGH;
  memory[scope + SCOPE.profit + 1] = profit[1]!;
  memory[scope + SCOPE.dayStart] = dayStart[0]!;
  memory[scope + SCOPE.dayStart + 1] = dayStart[1]!;
  memory[scope + SCOPE.peak] = peak[0]!;
  memory[scope + SCOPE.peak + 1] = peak[1]!;
}
