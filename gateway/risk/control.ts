/** A risk control: one limit on one intent, with what it needs to know to judge it. */
import type { Nanoseconds } from '#engine';
import { type Amount, createAmount } from '../account/amount.ts';
import type { Intent } from '../order/intent.ts';
import type { RiskLimits } from './limits.ts';

export type RuleName =
  | 'kill-switch'
  | 'session-hours'
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
  /** Of the schedule of the venue's session, where it has one. */
  isOutsideHours: boolean;
  positionLots: number;
  /** New and replaced orders of the last second. */
  recentOrders: number;
  /** Of the quote currency: now, when the UTC day began, and at the highest. */
  profit: Amount;
  dayStart: Amount;
  peak: Amount;
  /** The value of one lot for one price increment, in 10^-9 of the quote currency. */
  incrementNanos: number;
};

/** Written over for each intent. */
export const createRiskView = (): RiskView => ({
  ...{ nowNs: 0.5, isKilled: false, isOutsideHours: false },
  ...{ positionLots: 0, recentOrders: 0, incrementNanos: 0 },
  ...{ profit: createAmount(), dayStart: createAmount(), peak: createAmount() },
});

/** Undefined where the control has no objection; else what it saw against what it allows. */
export type Control = {
  name: RuleName;
  objection(intent: Intent, view: RiskView, limits: RiskLimits): Objection | undefined;
};

export type Objection = { seen: number | bigint; allowed: number | bigint };

/** Whether the intent, once filled, leaves a larger position than there is. */
export function growsExposure(intent: Intent, view: RiskView): boolean {
  return Math.abs(exposureAfter(intent, view)) > Math.abs(view.positionLots);
}

export function exposureAfter(intent: Intent, view: RiskView): number {
  return view.positionLots + intent.side * intent.lots;
}
