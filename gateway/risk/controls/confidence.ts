/**
 * Stale data and doubtful forecasts: ages of tick and forecast, offset of the feed's clock, and
 * what the signal says of its forecast: basis, tokens the verifier rejected, entropy.
 */
import { type Control, intentOf } from '../control.ts';
import { exceeds } from '../hold.ts';
import { INTENT } from '../layout.ts';
import { RULES } from '../rules.ts';
import { LIMIT } from '../scope-layout.ts';

const MILLION = 1_000_000;

export const tickAge: Control = {
  rule: RULES['tick-age'],
  objects(judgement) {
    const tickNs = intentOf(judgement, INTENT.tickTimeNs);
    judgement.seen[0] = intentOf(judgement, INTENT.nowNs) - tickNs;
    return exceeds(judgement, LIMIT.tickAgeNs);
  },
};

export const forecastAge: Control = {
  rule: RULES['forecast-age'],
  objects(judgement) {
    const forecastNs = intentOf(judgement, INTENT.forecastTimeNs);
    judgement.seen[0] = intentOf(judgement, INTENT.nowNs) - forecastNs;
    return exceeds(judgement, LIMIT.forecastAgeNs);
  },
};

export const clockOffset: Control = {
  rule: RULES['clock-offset'],
  objects(judgement) {
    judgement.seen[0] = Math.abs(intentOf(judgement, INTENT.clockOffsetNs));
    return exceeds(judgement, LIMIT.clockOffsetNs);
  },
};

/** A limit of 0 lets verified forecasts alone through. */
export const forecastBasis: Control = {
  rule: RULES['forecast-basis'],
  objects(judgement) {
    judgement.seen[0] = intentOf(judgement, INTENT.isProvisional);
    return exceeds(judgement, LIMIT.provisionalForecasts);
  },
};

export const disagreement: Control = {
  rule: RULES.disagreement,
  objects(judgement) {
    judgement.seen[0] = MILLION - intentOf(judgement, INTENT.acceptancePpm);
    return exceeds(judgement, LIMIT.disagreementPpm);
  },
};

export const entropy: Control = {
  rule: RULES.entropy,
  objects(judgement) {
    judgement.seen[0] = intentOf(judgement, INTENT.entropyPpm);
    return exceeds(judgement, LIMIT.entropyPpm);
  },
};
