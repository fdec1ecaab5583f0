/** Exponential and logarithm by IEEE + - * / in a fixed order: the same bits everywhere. */

/** ln 2 in two parts, the first short enough that its product with an exponent is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

const EXP_MIN = -708;
const EXP_MAX = 709;
const EXPONENT_MIN = -1022;

/** 2^k at index k + 1022, by doubling, because the bits of `**` are up to the engine. */
const POWERS_OF_TWO = powersOfTwo();
const BITS = new DataView(new ArrayBuffer(8));

/** e^x within 1e-15 of its size; 0 below -708 and Infinity above 709. */
export function stableExp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x < EXP_MIN) return 0;
  if (x > EXP_MAX) return Infinity;
  const power = Math.floor(x / LN2_HIGH + 0.5);
  const r = x - power * LN2_HIGH - power * LN2_LOW;
  let sum = 1;
  for (let n = 14; n >= 1; n--) sum = 1 + (r / n) * sum;
  return sum * POWERS_OF_TWO[power - EXPONENT_MIN]!;
}

/** ln x within 1e-15 of its size; -Infinity at 0 and NaN below. */
export function stableLn(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  if (x < POWERS_OF_TWO[0]!)
    return stableLn(x * 18_014_398_509_481_984) - 54 * (LN2_HIGH + LN2_LOW);
  BITS.setFloat64(0, x);
  const high = BITS.getUint32(0);
  let exponent = (high >>> 20) - 1023;
  BITS.setUint32(0, (high & 0xfffff) | (1023 << 20));
  let mantissa = BITS.getFloat64(0);
  if (mantissa > 1.5) {
    mantissa /= 2;
    exponent++;
  }
  // ln m = 2 artanh((m - 1) / (m + 1)), whose argument stays within 0.2.
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let sum = 0;
  for (let n = 23; n >= 3; n -= 2) sum = square * (1 / n + sum);
  return exponent * LN2_HIGH + (exponent * LN2_LOW + 2 * (s + s * sum));
}

function powersOfTwo(): Float64Array {
  const powers = new Float64Array(1023 - EXPONENT_MIN + 1);
  powers[-EXPONENT_MIN] = 1;
  for (let k = 1; k <= 1023; k++) powers[k - EXPONENT_MIN] = powers[k - 1 - EXPONENT_MIN]! * 2;
  for (let k = -1; k >= EXPONENT_MIN; k--) {
    powers[k - EXPONENT_MIN] = powers[k + 1 - EXPONENT_MIN]! / 2;
  }
  return powers;
}
