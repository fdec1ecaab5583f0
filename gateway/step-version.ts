/**
 * Versions of `step`: what it does differently since which one. A log names the version it was
 * begun under and each switch to another, so that an old log gives the bytes it always gave.
 */
import { OutriderError } from '#engine';

export type StepRules = {
  /**
   * A venue that refuses a Logon is left alone for a second, then for twice as long each time, a
   * minute at most: a name or password it keeps refusing would end in a locked account.
   */
  readonly backsOffAfterRefusedLogon: boolean;
  /** A venue that expects a higher number than ours has had what this log does not know. */
  readonly haltsBehindVenue: boolean;
  /** Nothing new leaves for a venue with mass status before its list of open orders is whole. */
  readonly waitsForMassStatus: boolean;
  /** An order whose change is refused as of an unknown order is asked after. */
  readonly asksAfterUnknownOrder: boolean;
  /** What operators arm trades on new signals alone: wishes of before are dropped. */
  readonly armDropsWishes: boolean;
  /** Quotes between signals move the marks of risk too: limits of loss speak at once. */
  readonly quotesMarkRisk: boolean;
  /** A profit that no rate tells is refused as `missing-rate`, not as a loss. */
  readonly namesMissingRate: boolean;
  /** What a venue's latency costs at the router halves with time, as its misses do. */
  readonly forgivesLatency: boolean;
};

const FIRST: StepRules = {
  ...{ backsOffAfterRefusedLogon: false, haltsBehindVenue: false },
  ...{ waitsForMassStatus: false, asksAfterUnknownOrder: false },
  ...{ armDropsWishes: false, quotesMarkRisk: false, namesMissingRate: false },
  forgivesLatency: false,
};
const SECOND: StepRules = { ...FIRST, backsOffAfterRefusedLogon: true, haltsBehindVenue: true };
const THIRD: StepRules = {
  ...SECOND,
  ...{ waitsForMassStatus: true, asksAfterUnknownOrder: true },
  ...{ armDropsWishes: true, quotesMarkRisk: true, namesMissingRate: true },
  forgivesLatency: true,
};

/** Each version with all its rules; a rule once given to a version never changes. */
const RULES: Readonly<Record<number, StepRules>> = { 1: FIRST, 2: SECOND, 3: THIRD };

export const STEP_VERSIONS: readonly number[] = Object.keys(RULES).map(Number);

/** Of a log that is begun without naming one. */
export const NEWEST_STEP_VERSION = Math.max(...STEP_VERSIONS);

/** Of a version that a state has, which is known. */
export const stepRules = (version: number): StepRules => RULES[knownStepVersion(version)]!;

/** Throws `bad-log` for a version that this build does not know, naming both. */
export function knownStepVersion(version: number): number {
  if (version in RULES) return version;
  throw new OutriderError(
    'bad-log',
    `step version ${version}: this build knows ${STEP_VERSIONS.join(', ')}; ` +
      'take the build that wrote the log, or switch the log back with that one first',
  );
}
