/** Money in the flat memory: two doubles in a row, changed in place without garbage. */
import type { Amount } from '../account/amount.ts';

const LIMB = 2 ** 52;

export function load(to: Amount, memory: Float64Array, at: number): void {
  to[0] = memory[at]!;
  to[1] = memory[at + 1]!;
}

export function store(memory: Float64Array, at: number, from: Amount): void {
  memory[at] = from[0]!;
  memory[at + 1] = from[1]!;
}

/** `to` += what stands at a place. */
export function addFrom(to: Amount, memory: Float64Array, at: number): void {
  const low = to[1]! + memory[at + 1]!;
  const carry = low >= LIMB ? 1 : 0;
  to[1] = low - carry * LIMB;
  to[0] = to[0]! + memory[at]! + carry;
}

/** `to` -= what stands at a place. */
export function subtractFrom(to: Amount, memory: Float64Array, at: number): void {
  const low = to[1]! - memory[at + 1]!;
  const borrow = low < 0 ? 1 : 0;
  to[1] = low + borrow * LIMB;
  to[0] = to[0]! - memory[at]! - borrow;
}

/** What stands at a place += `by`. */
export function addTo(memory: Float64Array, at: number, by: Amount): void {
  const low = memory[at + 1]! + by[1]!;
  const carry = low >= LIMB ? 1 : 0;
  memory[at + 1] = low - carry * LIMB;
  memory[at] = memory[at]! + by[0]! + carry;
}
