/** Moves as tokens: a signed ladder of 64 rungs, set by the scale's code (docs/law.md, 2). */
import { SCALE_CODES, SCALE_MAX, scaleThreshold } from './scale.ts';

export const TOKENS = 64;
const RUNGS = TOKENS / 2;

/** Half increments of each token under each code: `TOKEN_MOVES[code * 64 + token]`, ascending. */
export const TOKEN_MOVES = tokenMoves();
const RUNG_MAX = TOKEN_MOVES[SCALE_CODES * TOKENS - 1]!;

/**
 * Twice the middle between each rung of a code and the next: `MIDDLES[code * 32 + rung]`. The last
 * rung has no next: nobody looks there.
 */
const MIDDLES = Int32Array.from({ length: SCALE_CODES * RUNGS }, (_, at) => {
  const first = Math.floor(at / RUNGS) * TOKENS + RUNGS;
  const rung = at % RUNGS;
  return TOKEN_MOVES[first + rung]! + (TOKEN_MOVES[first + rung + 1] ?? 0);
});

/** s' = step(s, token), where `code` is scaleCode(s): a running mean of magnitudes. */
export function scaleStep(scale: number, code: number, token: number): number {
  const size = Math.abs(TOKEN_MOVES[code * TOKENS + token]!);
  const next = scale + Math.floor((4096 * size - scale) / 32);
  return Math.min(next, SCALE_MAX);
}

/** The token of a move that happened (half increments, not 0): the nearest rung, ties down. */
export function tokenOf(moveHalfIncrements: number, code: number): number {
  const first = code * RUNGS;
  const twice = 2 * Math.min(Math.abs(moveHalfIncrements), RUNG_MAX);
  // By the signs of differences: sizes are as good as random, and a branch would be mispredicted.
  let rung = 0;
  for (let step = RUNGS / 2; step > 0; step >>= 1) {
    rung += step & ((MIDDLES[first + rung + step - 1]! - twice) >> 31);
  }
  return moveHalfIncrements < 0 ? RUNGS - 1 - rung : RUNGS + rung;
}

/** True where the alphabet cuts the move off: it is beyond the last rung. */
export function isClipped(moveHalfIncrements: number, code: number): boolean {
  return Math.abs(moveHalfIncrements) > TOKEN_MOVES[code * TOKENS + TOKENS - 1]!;
}

function tokenMoves(): Int32Array {
  const moves = new Int32Array(SCALE_CODES * TOKENS);
  for (let code = 0; code < SCALE_CODES; code++) {
    let rung = 0;
    for (let j = 0; j < RUNGS; j++) {
      const geometric = Math.floor((scaleThreshold(code + j) + 2 ** 14) / 2 ** 15);
      rung = Math.max(rung + 1, geometric);
      moves[code * TOKENS + RUNGS + j] = rung;
      moves[code * TOKENS + RUNGS - 1 - j] = -rung;
    }
  }
  return moves;
}
