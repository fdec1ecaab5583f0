/** A risk control: one limit on one intent, with what it needs to know to judge it. */
import type { Nanoseconds } from '#engine';
import type { Intent } from '../order/intent.ts';

export type Limits = {
  /** Largest position of an instrument, long or short, in lots; open orders count. */
  positionLots: number;
  /** Largest value of one order, in whole units of the quote currency. */
  orderValue: number;
  /** New and replaced orders in any second, over all instruments; cancels pass and are counted. */
  ordersPerSecond: number;
  /** Largest distance of a limit from the mid, in hundredths of a percent. */
  collarBasisPoints: number;
  /** Loss since the UTC day began, in whole units, from which exposure may not grow. */
  dailyLoss: number;
  /** Fall from the highest profit so far, likewise. */
  trailingDrawdown: number;
  /** Oldest tick and oldest forecast an order may rest on. */
  tickAgeNs: number;
  forecastAgeNs: number;
};

export type RuleName =
  | 'kill-switch'
  | 'tick-age'
  | 'forecast-age'
  | 'price-collar'
  | 'order-value'
  | 'position'
  | 'order-rate'
  | 'daily-loss'
  | 'trailing-drawdown';

/** What the gateway knows when it judges an intent. */
export type RiskView = {
  nowNs: Nanoseconds;
  isKilled: boolean;
  positionLots: number;
  /** New and replaced orders of the last second. */
  recentOrders: number;
  /** 10^-9 of the quote currency. */
  profitNanos: bigint;
  dayStartNanos: bigint;
  peakNanos: bigint;
  /** The value of one lot for one price increment. */
  incrementNanos: bigint;
};

/** Undefined where the control has no objection; else what it saw against what it allows. */
export type Control = {
  name: RuleName;
  objection(intent: Intent, view: RiskView, limits: Limits): Objection | undefined;
};

export type Objection = { seen: number | bigint; allowed: number | bigint };

export const NANOS_PER_UNIT = 1_000_000_000n;

/** Whether the intent, once filled, leaves a larger position than there is. */
export function growsExposure(intent: Intent, view: RiskView): boolean {
  return Math.abs(exposureAfter(intent, view)) > Math.abs(view.positionLots);
}

export function exposureAfter(intent: Intent, view: RiskView): number {
  return view.positionLots + intent.side * intent.lots;
}
