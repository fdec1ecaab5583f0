/** Moves as tokens: a signed ladder of 64 rungs, set by the scale's code (docs/law.md, 2). */
import { SCALE_CODES, SCALE_MAX, scaleThreshold } from './scale.ts';

export const TOKENS = 64;
const RUNGS = TOKENS / 2;

/** Half increments of each token under each code: `TOKEN_MOVES[code * 64 + token]`, ascending. */
export const TOKEN_MOVES = tokenMoves();

/** s' = step(s, token), where `code` is scaleCode(s): a running mean of magnitudes. */
export function scaleStep(scale: number, code: number, token: number): number {
  const size = Math.abs(TOKEN_MOVES[code * TOKENS + token]!);
  const next = scale + Math.floor((4096 * size - scale) / 32);
  return Math.min(next, SCALE_MAX);
}

/** The token of a move that happened (half increments, not 0): the nearest rung, ties down. */
export function tokenOf(moveHalfIncrements: number, code: number): number {
  const size = Math.abs(moveHalfIncrements);
  const first = code * TOKENS + RUNGS;
  let low = 0;
  let high = RUNGS - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    const here = TOKEN_MOVES[first + middle]!;
    const next = TOKEN_MOVES[first + middle + 1]!;
    if (next - size < size - here) low = middle + 1;
    else high = middle;
  }
  return moveHalfIncrements < 0 ? RUNGS - 1 - low : RUNGS + low;
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
