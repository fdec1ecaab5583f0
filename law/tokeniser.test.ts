/** Tokens and scale, optimised, against the reference: every code, and every move that matters. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as reference from '#reference';
import { SCALE_CODES, SCALE_MAX, scaleCode, scaleThreshold } from './scale.ts';
import { isClipped, scaleStep, TOKEN_MOVES, TOKENS, tokenOf } from './tokeniser.ts';

const CODES = Array.from({ length: SCALE_CODES }, (_, code) => code);
const scales = fc.integer({ min: 1, max: SCALE_MAX });

/** Every move up to here; beyond, those at which a token or its neighbours begin. */
const EVERY_MOVE_TO = 3000;

it.each(CODES)('gives every move its token under code %i, or paths would mean other mids', code => {
  const rungs = reference.ladder(code);
  const sizes = new Set(Array.from({ length: EVERY_MOVE_TO }, (_, at) => at + 1));
  for (const [j, rung] of rungs.entries()) {
    const middle = (rung + (rungs[j + 1] ?? 3 * rung)) / 2;
    for (const at of [rung, Math.floor(middle), Math.ceil(middle)]) {
      for (const size of [at - 1, at, at + 1]) if (size > 0) sizes.add(size);
    }
  }
  for (const size of sizes) {
    for (const move of [size, -size]) {
      const token = tokenOf(move, code);
      if (token !== reference.tokenOf(move, code)) expect.fail(`move ${move}: token ${token}`);
      expect(isClipped(move, code)).toBe(size > rungs[31]!);
    }
  }
});

it('means by each token what the reference means', () => {
  const expected = CODES.flatMap(code =>
    Array.from({ length: TOKENS }, (_, token) => reference.tokenMove(token, code)),
  );
  expect([...TOKEN_MOVES]).toEqual(expected);
});

it('gives a token that decodes to the nearest reachable move', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2 ** 20 }),
      fc.integer({ min: 0, max: 63 }),
      (size, c) => {
        const off = (token: number) => Math.abs(TOKEN_MOVES[c * TOKENS + token]! - size);
        const nearest = Math.min(...Array.from({ length: TOKENS }, (_, token) => off(token)));
        expect(off(tokenOf(size, c))).toBe(nearest);
        expect(tokenOf(-size, c)).toBe(63 - tokenOf(size, c));
      },
    ),
  );
});

it('has the code of every scale, or contexts would not match between edge and verifier', () => {
  for (const code of CODES) {
    for (const scale of [-1, 0, 1].map(by => scaleThreshold(code) + by)) {
      expect(scaleCode(scale)).toBe(reference.scaleCode(scale));
    }
  }
  fc.assert(
    fc.property(scales, scale => {
      expect(scaleCode(scale)).toBe(reference.scaleCode(scale));
    }),
  );
});

it('steps the scale as the reference does, and never out of its bounds', () => {
  fc.assert(
    fc.property(scales, fc.integer({ min: 0, max: 63 }), (scale, token) => {
      const next = scaleStep(scale, scaleCode(scale), token);
      expect(next).toBe(reference.scaleStep(scale, token));
      expect(next).toBeGreaterThan(0);
      expect(next).toBeLessThanOrEqual(SCALE_MAX);
    }),
  );
});
