/** The fixed Gumbel table: 65,536 integers in Q16 nats, from a logarithm with pinned bits. */

const TABLE_ENTRIES = 65_536;
const Q16 = 65_536;
// biome-ignore lint/suspicious/noApproximativeNumericConstant: the law fixes the digits.
const LN_2 = 0.6931471805599453;
// biome-ignore lint/suspicious/noApproximativeNumericConstant: the law fixes the digits.
const SQRT_2 = 1.4142135623730951;

let table: Int32Array | undefined;

/** The table, computed once a process: entry i is the Gumbel quantile at (i + 0.5) / 65536. */
export function gumbelTable(): Int32Array {
  table ??= Int32Array.from({ length: TABLE_ENTRIES }, (_, index) =>
    Math.floor(Q16 * -lawLn(-lawLn((index + 0.5) / TABLE_ENTRIES)) + 0.5),
  );
  return table;
}

/** The law's logarithm: IEEE double + - * / in a fixed order, so it has the same bits anywhere. */
export function lawLn(x: number): number {
  let mantissa = x;
  let exponent = 0;
  for (; mantissa >= 2; mantissa *= 0.5) exponent++;
  for (; mantissa < 1; mantissa *= 2) exponent--;
  if (mantissa > SQRT_2) {
    mantissa *= 0.5;
    exponent++;
  }
  const z = (mantissa - 1) / (mantissa + 1);
  const z2 = z * z;
  let sum = 1 / 31;
  for (let n = 14; n >= 0; n--) sum = sum * z2 + 1 / (2 * n + 1);
  return 2 * z * sum + exponent * LN_2;
}
