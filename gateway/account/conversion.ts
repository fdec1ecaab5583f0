/** Conversion rates as the log gave them, and money of one currency in another by them. */
import type { Nanoseconds } from '#engine';

/** What one unit of `from` is worth, in 10^-9 of `to`. */
export type ConversionRate = { from: string; to: string; nanos: number; timeNs: Nanoseconds };

export type ConversionTerms = {
  /** Two currencies without a rate of their own convert through this one. */
  through: string;
  /** A rate older than this is none. */
  ageLimitNs: Nanoseconds;
};

export type Conversion = {
  readonly terms: ConversionTerms;
  /** The latest of each pair, by `EUR/USD`. */
  readonly rates: Map<string, ConversionRate>;
};

/** A rate that is needed and not there: older than the limit by its age, or never given. */
export type MissingRate = { from: string; to: string; ageNs: Nanoseconds | undefined };

export function createConversion(terms: ConversionTerms): Conversion {
  return { terms, rates: new Map() };
}

/** A rate of a time before that of the one it has is passed over. */
export function setRate({ rates }: Conversion, rate: ConversionRate): void {
  const name = pairName(rate.from, rate.to);
  const known = rates.get(name);
  if (known === undefined) rates.set(name, { ...rate });
  else if (rate.timeNs >= known.timeNs) {
    known.nanos = rate.nanos;
    known.timeNs = rate.timeNs;
  }
}

export type Money = { nanos: bigint; currency: string };

/**
 * Money in another currency, rounded towards zero once at the end: by the rate of the two, given
 * either way round, else by way of the named currency.
 */
export function convert(
  conversion: Conversion,
  { nanos, currency }: Money,
  { to, nowNs }: { to: string; nowNs: Nanoseconds },
): bigint | MissingRate {
  if (currency === to) return nanos;
  const { through } = conversion.terms;
  const direct = legOf(conversion, { from: currency, to }, nowNs);
  if ('factor' in direct) return (nanos * direct.factor) / direct.divisor;
  if (currency === through || to === through) return direct;
  const first = legOf(conversion, { from: currency, to: through }, nowNs);
  const second = legOf(conversion, { from: through, to }, nowNs);
  if (!('factor' in first)) return first;
  if (!('factor' in second)) return second;
  return (nanos * first.factor * second.factor) / (first.divisor * second.divisor);
}

type Pair = { from: string; to: string };
type Leg = { factor: bigint; divisor: bigint };

const NANOS = 1_000_000_000n;

/** The younger of a rate and the rate the other way round. */
function legOf({ rates, terms }: Conversion, { from, to }: Pair, nowNs: Nanoseconds) {
  const forth = rates.get(pairName(from, to));
  const back = rates.get(pairName(to, from));
  const timeNs = Math.max(forth?.timeNs ?? NEVER, back?.timeNs ?? NEVER);
  const isForth = forth !== undefined && forth.timeNs === timeNs;
  const nanos = (isForth ? forth : back)?.nanos ?? 0;
  if (nanos === 0) return { from, to, ageNs: undefined } satisfies MissingRate;
  const ageNs = nowNs - timeNs;
  if (ageNs > terms.ageLimitNs) return { from, to, ageNs } satisfies MissingRate;
  const rate = BigInt(nanos);
  const leg: Leg = isForth ? { factor: rate, divisor: NANOS } : { factor: NANOS, divisor: rate };
  return leg;
}

const NEVER = Number.NEGATIVE_INFINITY;

const pairName = (from: string, to: string) => `${from}/${to}`;
