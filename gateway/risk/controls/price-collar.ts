/**
 * Price collar (RTS 6, 15(1)(a); SEC 15c3-5): a limit stays within some basis points of the mid it
 * was decided at, and of the oldest mid of a period. A reference that is too old is none, and
 * without one the collar of a period refuses.
 */
import { type Control, intentOf } from '../control.ts';
import { exceeds, exceedsAt } from '../hold.ts';
import type { Judgement } from '../judgement.ts';
import { INTENT, PART } from '../layout.ts';
import { INSTRUMENT } from '../line-layout.ts';
import { answer } from '../objection.ts';
import { ceilRatio } from '../ratio.ts';
import { RULES } from '../rules.ts';
import { LIMIT, PARAMETER, SCOPE } from '../scope-layout.ts';

const BASIS_POINTS = 10_000;

export const priceCollar: Control = {
  rule: RULES['price-collar'],
  objects(judgement) {
    setDistance(judgement, intentOf(judgement, INTENT.midHalfIncrements));
    return exceeds(judgement, LIMIT.collarBasisPoints);
  },
};

export const periodCollar: Control = {
  rule: RULES['period-collar'],
  objects(judgement) {
    const { memory, scopes, limited } = judgement;
    for (let at = 0; at < judgement.count; at++) {
      const kind = limited[at]!;
      const scope = scopes[kind]!;
      const periodNs = memory[scope + SCOPE.parameters + PARAMETER.collarPeriodNs]!;
      if (periodNs === 0) continue;
      const mid = oldestMid(judgement, periodNs);
      const ageNs = memory[scope + SCOPE.parameters + PARAMETER.referenceAgeNs]!;
      if (mid === 0 || isOld(judgement, ageNs)) {
        judgement.seen[0] = referenceAge(judgement);
        answer(judgement, kind, ageNs);
        return true;
      }
      setDistance(judgement, mid);
      if (exceedsAt(judgement, kind, LIMIT.periodCollarBasisPoints)) return true;
    }
    return false;
  },
};

/** Basis points from the mid, in full beyond; a mid that is not above 0 is no reference. */
function setDistance(judgement: Judgement, mid: number): void {
  const distance = Math.abs(2 * intentOf(judgement, INTENT.limitIncrements) - mid) * BASIS_POINTS;
  const isReference = mid > 0;
  judgement.seen[0] = isReference ? ceilRatio(distance, mid) : Number.MAX_SAFE_INTEGER;
}

function referenceAge(judgement: Judgement): number {
  const markNs = judgement.memory[judgement.instrument + INSTRUMENT.markNs]!;
  return intentOf(judgement, INTENT.nowNs) - markNs;
}

const isOld = (judgement: Judgement, ageNs: number) => ageNs > 0 && referenceAge(judgement) > ageNs;

/** Of the samples not older than the period; 0 where there is none. */
function oldestMid(judgement: Judgement, periodNs: number): number {
  const { memory, instrument } = judgement;
  const sinceNs = intentOf(judgement, INTENT.nowNs) - periodNs;
  const count = memory[instrument + INSTRUMENT.sampleCount]!;
  for (let at = 0; at < count; at++) {
    const sample = sampleAt(judgement, at);
    if (memory[sample]! >= sinceNs) return memory[sample + 1]!;
  }
  return 0;
}

/** The oldest is 0. */
function sampleAt({ memory, instrument }: Judgement, at: number): number {
  const index = (memory[instrument + INSTRUMENT.sampleFirst]! + at) % PART.samplesMax;
  return instrument + INSTRUMENT.samples + 2 * index;
}

/**
 * Keeps a mid of now and then: the longest period has up to sixteen samples, each at least a
 * sixteenth of it younger than the one before.
 */
export function sampleMid(judgement: Judgement, midAt: number): void {
  const { memory, instrument, input } = judgement;
  const periodNs = longestPeriod(judgement);
  if (periodNs === 0) return;
  const nowNs = memory[input + INTENT.nowNs]!;
  const count = memory[instrument + INSTRUMENT.sampleCount]!;
  if (count > 0) {
    const latest = sampleAt(judgement, count - 1);
    if (nowNs - memory[latest]! < periodNs / PART.samplesMax) return;
  }
  if (count === PART.samplesMax) {
    const first = memory[instrument + INSTRUMENT.sampleFirst]!;
    memory[instrument + INSTRUMENT.sampleFirst] = (first + 1) % PART.samplesMax;
  } else memory[instrument + INSTRUMENT.sampleCount] = count + 1;
  const sample = sampleAt(judgement, memory[instrument + INSTRUMENT.sampleCount]! - 1);
  memory[sample] = nowNs;
  memory[sample + 1] = memory[midAt]!;
}

function longestPeriod({ memory, scopes, limited, count }: Judgement): number {
  let longest = 0;
  for (let at = 0; at < count; at++) {
    const parameters = scopes[limited[at]!]! + SCOPE.parameters;
    longest = Math.max(longest, memory[parameters + PARAMETER.collarPeriodNs]!);
  }
  return longest;
}
