/** The policy port: a forecast and a quote in, a wish out; and when a wish is worth a signal. */
import type { Nanoseconds } from '#engine';
import type { Signal } from '#gateway/signal';
import type { Forecast } from '#law';
import type { MarketFeatures, Quote } from '#market';
import type { ParentOrders } from './parent.ts';

export type DecisionInput = {
  instrument: number;
  timeNs: Nanoseconds;
  quote: Quote;
  forecast: Forecast;
  /** H: moves of the forecast. */
  moves: number;
  positionLots: number;
  /** Of all instruments, as of their last ticks; the policies that ship do not look. */
  features: Pick<MarketFeatures, 'value'>;
};

export type Wish = Pick<
  Signal,
  'style' | 'desiredLots' | 'limitIncrements' | 'midLowHalfIncrements' | 'midHighHalfIncrements'
>;

/** Deterministic: its wishes follow from the inputs it has seen, in their order. */
export type Policy = {
  wish(input: DecisionInput): Wish;
  /** Absent in a policy that keeps nothing from one wish to the next. */
  readonly parents?: ParentOrders;
};

/** The last wish that went out as a signal. */
export type SentWish = { wish: Wish; timeNs: Nanoseconds };

/**
 * A new quantity and a turn to crossing go out at once; another style or price only once `holdNs`
 * has passed since the last signal.
 */
export function isWorthSending(
  last: SentWish | undefined,
  wish: Wish,
  { timeNs, holdNs }: { timeNs: Nanoseconds; holdNs: number },
): boolean {
  if (last === undefined || wish.desiredLots !== last.wish.desiredLots) return true;
  if (wish.style === 'cross' && last.wish.style !== 'cross') return true;
  const moved = wish.style !== 'wait' && wish.limitIncrements !== last.wish.limitIncrements;
  return (wish.style !== last.wish.style || moved) && timeNs - last.timeNs >= holdNs;
}
