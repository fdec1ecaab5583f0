/** Amounts of risk: worths that no sum can overflow, and arithmetic that so checks nothing. */
import { type Amount, setWorth } from '../account/amount.ts';

const LIMB = 2 ** 52;

/**
 * A worth beyond 10^18 units counts as that: more than any limit, and no sum of such can overflow
 * what an amount holds.
 */
const WORTH_MAX = 2 ** 90;
const WORTH_MAX_HIGH = 2 ** 38;

type Price = { halfIncrements: number; incrementNanos: number };

export function setClampedWorth(to: Amount, lots: number, price: Price): void {
  const size = lots * price.incrementNanos * price.halfIncrements;
  if (Math.abs(size) < WORTH_MAX) {
    setWorth(to, lots, price);
    return;
  }
  to[0] = size < 0 ? -WORTH_MAX_HIGH : WORTH_MAX_HIGH;
  to[1] = 0;
}

export function subtract(to: Amount, by: Amount): void {
  const low = to[1]! - by[1]!;
  const borrow = low < 0 ? 1 : 0;
  to[1] = low + borrow * LIMB;
  to[0] = to[0]! - by[0]! - borrow;
}

export function addMoney(to: Amount, by: Amount): void {
  const low = to[1]! + by[1]!;
  const carry = low >= LIMB ? 1 : 0;
  to[1] = low - carry * LIMB;
  to[0] = to[0]! + by[0]! + carry;
}

export function negate(amount: Amount): void {
  const borrow = amount[1] === 0 ? 0 : 1;
  amount[0] = 0 - amount[0]! - borrow;
  amount[1] = borrow === 0 ? 0 : LIMB - amount[1]!;
}
