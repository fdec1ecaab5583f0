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
};

/** Each version with all its rules; a rule once given to a version never changes. */
const RULES: Readonly<Record<number, StepRules>> = {
  1: {
    ...{ backsOffAfterRefusedLogon: false, haltsBehindVenue: false },
    ...{ waitsForMassStatus: false, asksAfterUnknownOrder: false },
  },
  2: {
    ...{ backsOffAfterRefusedLogon: true, haltsBehindVenue: true },
    ...{ waitsForMassStatus: false, asksAfterUnknownOrder: false },
  },
  3: {
    ...{ backsOffAfterRefusedLogon: true, haltsBehindVenue: true },
    ...{ waitsForMassStatus: true, asksAfterUnknownOrder: true },
  },
};

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
    `step version ${version}: this build knows ${STEP_VERSIONS.join(' and ')}; ` +
      'take the build that wrote the log, or switch the log back with that one first',
  );
}
