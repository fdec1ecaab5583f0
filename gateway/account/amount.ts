/** Money as an exact integer of 10^-9 units in two doubles: a BigInt would be garbage each time. */
import { OutriderError } from '#engine';

/*
 *  value = high * 2^52 + low, 0 <= low < 2^52, |high| < 2^53: 4 * 10^22 units of money, exactly.
 *  Written over in place; `nanosOf` gives the BigInt it is.
 */
export type Amount = Float64Array;

const HIGH = 0;
const LOW = 1;
const LIMB = 2 ** 52;
const HALF_LIMB = 2 ** 26;

export function createAmount(nanos = 0n): Amount {
  const amount = new Float64Array(2);
  setNanos(amount, nanos);
  return amount;
}

/** Throws `limit` beyond what an amount holds. */
export function setNanos(to: Amount, nanos: bigint): void {
  to[HIGH] = Number(nanos >> 52n);
  to[LOW] = Number(BigInt.asUintN(52, nanos));
  check(to);
}

export const nanosOf = (amount: Amount): bigint =>
  (BigInt(amount[HIGH]!) << 52n) + BigInt(amount[LOW]!);

/**
 * The worth of so many lots at a price, floored towards zero: half the product of three integers.
 * Where a lot's half increments or the lots' nanos reach 2^52, which is millions of units an
 * increment, it goes by BigInts and leaves garbage.
 */
export function setWorth(to: Amount, lots: number, price: Price): void {
  const { halfIncrements, incrementNanos } = price;
  const factor = lots * incrementNanos;
  if (!(Math.abs(factor) < LIMB && Math.abs(halfIncrements) < LIMB)) {
    setNanos(to, (BigInt(halfIncrements) * BigInt(lots) * BigInt(incrementNanos)) / 2n);
    return;
  }
  setProduct(to, Math.abs(halfIncrements), Math.abs(factor));
  halve(to);
  if (halfIncrements < 0 !== factor < 0) negate(to);
}

/** In half increments, as mids are, and what a whole one is worth for one lot. */
type Price = { halfIncrements: number; incrementNanos: number };

export function add(to: Amount, by: Amount): void {
  const low = to[LOW]! + by[LOW]!;
  const carry = low >= LIMB ? 1 : 0;
  to[LOW] = low - carry * LIMB;
  to[HIGH] = to[HIGH]! + by[HIGH]! + carry;
  check(to);
}

export function setDifference(to: Amount, amount: Amount, by: Amount): void {
  const low = amount[LOW]! - by[LOW]!;
  const borrow = low < 0 ? 1 : 0;
  to[LOW] = low + borrow * LIMB;
  to[HIGH] = amount[HIGH]! - by[HIGH]! - borrow;
  check(to);
}

export function isBelow(amount: Amount, other: Amount): boolean {
  if (amount[HIGH] !== other[HIGH]) return amount[HIGH]! < other[HIGH]!;
  return amount[LOW]! < other[LOW]!;
}

/** Of two factors from 0 to 2^52: half limbs, whose products are exact. */
function setProduct(to: Amount, first: number, second: number): void {
  const firstHigh = Math.floor(first / HALF_LIMB);
  const firstLow = first - firstHigh * HALF_LIMB;
  const secondHigh = Math.floor(second / HALF_LIMB);
  const secondLow = second - secondHigh * HALF_LIMB;
  const cross = firstHigh * secondLow + firstLow * secondHigh;
  const crossHigh = Math.floor(cross / HALF_LIMB);
  const low = (cross - crossHigh * HALF_LIMB) * HALF_LIMB + firstLow * secondLow;
  const carry = low >= LIMB ? 1 : 0;
  to[HIGH] = firstHigh * secondHigh + crossHigh + carry;
  to[LOW] = low - carry * LIMB;
}

/** Half of one that is not negative, floored. */
function halve(amount: Amount): void {
  const high = Math.floor(amount[HIGH]! / 2);
  const isOdd = amount[HIGH]! !== 2 * high;
  amount[LOW] = Math.floor(((isOdd ? LIMB : 0) + amount[LOW]!) / 2);
  amount[HIGH] = high;
}

function negate(amount: Amount): void {
  const borrow = amount[LOW] === 0 ? 0 : 1;
  amount[HIGH] = 0 - amount[HIGH]! - borrow;
  amount[LOW] = borrow * LIMB - amount[LOW]!;
}

function check(amount: Amount): void {
  if (Math.abs(amount[HIGH]!) < 2 ** 53) return;
  throw new OutriderError(
    'limit',
    'an amount of money passes 4 * 10^22 units; look for a price or size that cannot be',
  );
}
