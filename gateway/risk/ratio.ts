/** Ratios of integers in doubles, exact where a rounded quotient could pass a limit by a hair. */

/** Rounded up; of a numerator that is not below 0 and a denominator above it. */
export function ceilRatio(numerator: number, denominator: number): number {
  const rest = numerator % denominator;
  return (numerator - rest) / denominator + (rest > 0 ? 1 : 0);
}
