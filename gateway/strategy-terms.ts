/** Who may send signals, on whose account, and for what. */
import type { ExecutionPolicy } from './execution/policy.ts';

export type StrategyTerms = {
  name: string;
  /** Name of the account that its fills are booked to. */
  account: string;
  /** Name of the desk it belongs to, for limits; one desk where it is left out. */
  desk?: string | undefined;
  /** Symbols it may trade; all where it is left out. */
  instruments?: readonly string[] | undefined;
  /** What becomes of its resting orders where a calendar closes; `leave` where it is left out. */
  atClose?: 'cancel' | 'leave' | undefined;
  /** How its wishes become orders; without it one order for all that is missing. */
  execution?: ExecutionPolicy | undefined;
};

/** The one strategy of a gateway without a desk file. */
export const REFERENCE_STRATEGY: StrategyTerms = { name: 'strategy', account: 'account' };
