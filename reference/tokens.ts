/** Moves as tokens after the law: a signed ladder of 64 rungs, set by an integer scale state. */

export const TOKENS = 64;
export const SCALE_START = 4 * 4096;

const OCTAVE_QUARTERS = [2048, 2435, 2896, 3444];

/** Quarter-octave code of a scale in 1/4096 half increments: 0 below 0.595, 63 above 27,554. */
export function scaleCode(scale: number): number {
  let code = 0;
  while (code < 63 && scale >= threshold(code + 1)) code++;
  return code;
}

export function threshold(code: number): number {
  return OCTAVE_QUARTERS[code % 4]! * 2 ** Math.floor(code / 4);
}

/** The 32 magnitudes of a code in half increments: every rung an integer, no two alike. */
export function ladder(code: number): number[] {
  const rungs: number[] = [];
  for (let j = 0; j < 32; j++) {
    const step = Math.floor((threshold(code + j) + 2 ** 14) / 2 ** 15);
    rungs.push(Math.max((rungs[j - 1] ?? 0) + 1, step));
  }
  return rungs;
}

const LADDERS = Array.from({ length: 64 }, (_, code) => ladder(code));

/** What a token means under a code, in half increments; tokens ascend from the most negative. */
export function tokenMove(token: number, code: number): number {
  const rungs = LADDERS[code]!;
  return token < 32 ? -rungs[31 - token]! : rungs[token - 32]!;
}

/** The token of a move that happened: the nearest rung, the smaller of two equally near. */
export function tokenOf(move: number, code: number): number {
  const rungs = LADDERS[code]!;
  const size = Math.abs(move);
  let j = 0;
  while (j < 31 && rungs[j + 1]! - size < size - rungs[j]!) j++;
  return move < 0 ? 31 - j : 32 + j;
}

/** s' = step(s, token): a running mean of the tokens' magnitudes over about 32 moves. */
export function scaleStep(scale: number, token: number): number {
  const size = Math.abs(tokenMove(token, scaleCode(scale)));
  return Math.min(scale + Math.floor((4096 * size - scale) / 32), 2 ** 27);
}
