/** Pearson's chi-square test: how likely counts at least this far from their expectation are. */

export type Goodness = { statistic: number; degrees: number; p: number };

/** Cells expected less often than this are pooled, or the statistic would not be chi-square. */
const EXPECTED_MIN = 10;

/** `expected` in counts, by the same keys; both sum to the same total. */
export function chiSquareTest(
  observed: ReadonlyMap<string, number>,
  expected: ReadonlyMap<string, number>,
): Goodness {
  let statistic = 0;
  let cells = 0;
  const pooled = { observed: 0, expected: 0 };
  const add = (seen: number, wanted: number) => {
    statistic += (seen - wanted) ** 2 / wanted;
    cells++;
  };
  for (const [key, wanted] of expected) {
    const seen = observed.get(key) ?? 0;
    if (wanted >= EXPECTED_MIN) {
      add(seen, wanted);
    } else {
      pooled.observed += seen;
      pooled.expected += wanted;
    }
  }
  if (pooled.expected > 0) add(pooled.observed, pooled.expected);
  const degrees = cells - 1;
  return { statistic, degrees, p: chiSquareTail(statistic, degrees) };
}

/** P(chi-square with these degrees of freedom > statistic): the upper incomplete gamma Q(a, x). */
export function chiSquareTail(statistic: number, degrees: number): number {
  const a = degrees / 2;
  const x = statistic / 2;
  if (x === 0) return 1;
  const front = Math.exp(a * Math.log(x) - x - logGammaOfHalves(degrees));
  return x < a + 1 ? 1 - front * lowerSeries(a, x) : front * upperFraction(a, x);
}

/** P(a, x) = front times this sum (Abramowitz and Stegun, 6.5.29). */
function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; term > sum * 1e-16; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** Q(a, x) = front times this continued fraction (6.5.31), by Lentz's method. */
function upperFraction(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < 10_000; n++) {
    const an = -n * (n - a);
    b += 2;
    d = 1 / (an * d + b || tiny);
    c = b + an / c || tiny;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return fraction;
}

/** ln gamma(n / 2) for a whole n, from gamma(1/2) or gamma(1) by recursion. */
function logGammaOfHalves(n: number): number {
  let sum = n % 2 === 0 ? 0 : Math.log(Math.PI) / 2;
  for (let k = n - 2; k > 0; k -= 2) sum += Math.log(k / 2);
  return sum;
}
