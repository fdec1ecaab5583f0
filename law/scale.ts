/** The scale: running volatility as an integer state, and its codes (docs/law.md, 2). */

/** Scale at the first move of an instrument, in 1/4096 half increments. */
export const SCALE_START = 4 * 4096;
export const SCALE_MAX = 2 ** 27;
export const SCALE_CODES = 64;

/** 2048 times 2^(q/4): the four quarter steps of an octave as integers. */
const OCTAVE_QUARTERS = [2048, 2435, 2896, 3444] as const;

/** The scale, in 1/4096 half increments, from which a code holds. */
export function scaleThreshold(code: number): number {
  return OCTAVE_QUARTERS[(code & 3) as 0 | 1 | 2 | 3] * 2 ** (code >> 2);
}

const THRESHOLDS = Int32Array.from({ length: SCALE_CODES }, (_, code) => scaleThreshold(code));

/** Quarter-octave code of a scale, 0..63. */
export function scaleCode(scale: number): number {
  const octave = 31 - Math.clz32(scale >>> 11);
  if (octave < 0) return 0;
  const code = Math.min(octave << 2, SCALE_CODES - 4);
  let quarters = 3;
  // The sign of a difference instead of a branch, which would often be mispredicted.
  for (let at = code + 1; at < code + 4; at++) quarters += (scale - THRESHOLDS[at]!) >> 31;
  return code + quarters;
}
