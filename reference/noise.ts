/** Keyed noise after the law: Threefry-2x32 picks one of 65,536 Gumbel values for each token. */

// biome-ignore lint/suspicious/noApproximativeNumericConstant: the law fixes the digits.
const [LN2, SQRT2] = [0.6931471805599453, 1.4142135623730951];

/** The law's logarithm: IEEE + - * / in a fixed order, so that every language gives its bits. */
export function lawLog(x: number): number {
  let [mantissa, exponent] = [x, 0];
  while (mantissa < 1) [mantissa, exponent] = [mantissa * 2, exponent - 1];
  while (mantissa >= 2) [mantissa, exponent] = [mantissa / 2, exponent + 1];
  if (mantissa > SQRT2) [mantissa, exponent] = [mantissa / 2, exponent + 1];
  const z = (mantissa - 1) / (mantissa + 1);
  const z2 = z * z;
  let sum = 1 / 31;
  for (let n = 14; n >= 0; n--) sum = sum * z2 + 1 / (2 * n + 1);
  return 2 * z * sum + exponent * LN2;
}

/** The law's exponential of -x for x >= 0, in Q26. */
export function expMinusQ26(x: number): number {
  const halvings = Math.floor(x / LN2 + 0.5);
  const r = halvings * LN2 - x;
  let sum = 1;
  for (let n = 18; n >= 1; n--) sum = 1 + (r / n) * sum;
  return Math.floor(2 ** 26 * (sum * 2 ** -halvings) + 0.5);
}

/** Gumbel values in Q16 nats, one for each of the 65,536 equally likely lanes. */
export const GUMBEL = Int32Array.from({ length: 65_536 }, (_, i) =>
  Math.floor(65_536 * -lawLog(-lawLog((i + 0.5) / 65_536)) + 0.5),
);

const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24];

/** Threefry-2x32 with 20 rounds (Salmon et al., Random123). */
export function threefry(key: readonly [number, number], c0: number, c1: number): [number, number] {
  const keys = [key[0], key[1], (0x1bd11bda ^ key[0] ^ key[1]) >>> 0];
  let x0 = (c0 + keys[0]!) >>> 0;
  let x1 = (c1 + keys[1]!) >>> 0;
  for (let round = 0; round < 20; round++) {
    const rotation = ROTATIONS[round % 8]!;
    x0 = (x0 + x1) >>> 0;
    x1 = (((x1 << rotation) | (x1 >>> (32 - rotation))) ^ x0) >>> 0;
    if (round % 4 === 3) {
      const injection = (round + 1) / 4;
      x0 = (x0 + keys[injection % 3]!) >>> 0;
      x1 = (x1 + keys[(injection + 1) % 3]! + injection) >>> 0;
    }
  }
  return [x0, x1];
}

export function gumbel(
  key: readonly [number, number],
  { moveIndex, path, token }: { moveIndex: number; path: number; token: number },
): number {
  const [x0, x1] = threefry(key, moveIndex, 16 * path + (token >> 2));
  const word = (token & 2) === 0 ? x0 : x1;
  return GUMBEL[(token & 1) === 0 ? word & 0xffff : word >>> 16]!;
}
