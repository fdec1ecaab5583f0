/** Exponential decay over event time by IEEE + - * / in a fixed order, the same bits everywhere. */

/** Table steps of a half-life, and half-lives after which nothing is left. */
const STEPS = 64;
const HALVES = 64;
/** The language fixes its bits: 0x3fe62e42fefa39ef. */
export const LN2 = Math.LN2;
const REST = LN2 / STEPS;
const SIXTH = 1 / 6;

/** 2^(-step / 64); a square root is correctly rounded everywhere, a power is not. */
const STEP_POWERS = stepPowers();
/** 2^-half, exact. */
const HALF_POWERS = Float64Array.from({ length: HALVES }, (_, half) => 1 / 2 ** half);

/** A window by its half-life, as steps of the table a nanosecond. */
export const stepsPerNs = (halfLifeNs: number): number => STEPS / halfLifeNs;

/** What is left of 1 after this time, 0 or more, within 1e-9 of its size. */
export function leftAfter(ns: number, windowStepsPerNs: number): number {
  const steps = ns * windowStepsPerNs;
  if (!(steps < STEPS * HALVES)) return 0;
  const whole = Math.floor(steps);
  const rest = (steps - whole) * REST;
  const exponential = 1 + rest * (-1 + rest * (0.5 - rest * SIXTH));
  return STEP_POWERS[whole % STEPS]! * HALF_POWERS[(whole / STEPS) | 0]! * exponential;
}

function stepPowers(): Float64Array {
  let root = 0.5;
  for (let step = 1; step < STEPS; step *= 2) root = Math.sqrt(root);
  const powers = new Float64Array(STEPS);
  powers[0] = 1;
  for (let step = 1; step < STEPS; step++) powers[step] = powers[step - 1]! * root;
  return powers;
}
