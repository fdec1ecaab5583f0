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

const THRESHOLDS = Float64Array.from({ length: SCALE_CODES }, (_, code) => scaleThreshold(code));

/** Quarter-octave code of a scale, 0..63. */
export function scaleCode(scale: number): number {
  const octave = 31 - Math.clz32(scale >>> 11);
  if (octave < 0) return 0;
  let code = Math.min(octave << 2, SCALE_CODES - 4);
  while (code < SCALE_CODES - 1 && scale >= THRESHOLDS[code + 1]!) code++;
  return code;
}
