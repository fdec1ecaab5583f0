/** How the time of a market passes on a clock: at one speed, or at one after another. */
import { invariant, type Nanoseconds } from '#engine';
import { durationNs } from './duration.ts';

export type PaceOptions = {
  /** The market's time that falls on `startNs` of the clock. */
  firstNs: Nanoseconds;
  startNs: Nanoseconds;
  /** Nanoseconds of the market that pass in one of the clock. */
  speed: number;
  /** Times `speed`, one after another; the last holds on. */
  stages?: readonly PaceStage[] | undefined;
};

export type PaceStage = { lengthNs: Nanoseconds; factor: number };

export type Pace = {
  /** When something of the market is due on the clock. */
  dueNs(marketNs: Nanoseconds): Nanoseconds;
  /** How far the market is by then. */
  marketNs(clockNs: Nanoseconds): Nanoseconds;
};

/** A stretch at one speed, from where both times are known. */
type Leg = { clockNs: Nanoseconds; marketNs: Nanoseconds; speed: number };

export function createPace({ firstNs, startNs, speed, stages = [] }: PaceOptions): Pace {
  const legs: Leg[] = [];
  let [clockNs, marketNs] = [startNs, firstNs];
  for (const { lengthNs, factor } of stages) {
    legs.push({ clockNs, marketNs, speed: speed * factor });
    clockNs += lengthNs;
    marketNs += Math.round(lengthNs * speed * factor);
  }
  if (legs.length === 0) legs.push({ clockNs, marketNs, speed });
  const legAt = (timeNs: Nanoseconds, key: 'clockNs' | 'marketNs'): Leg => {
    const leg = legs.findLast(one => one[key] <= timeNs) ?? legs[0];
    invariant(leg !== undefined, 'a pace has a leg');
    return leg;
  };
  return {
    dueNs(timeNs) {
      const leg = legAt(timeNs, 'marketNs');
      return leg.clockNs + Math.round((timeNs - leg.marketNs) / leg.speed);
    },
    marketNs(timeNs) {
      const leg = legAt(timeNs, 'clockNs');
      return leg.marketNs + Math.floor((timeNs - leg.clockNs) * leg.speed);
    },
  };
}

const STAGE = /^\d+(\.\d+)?(ms|s|m|h):\d{1,4}(\.\d{1,6})?$/;

/** Whether a text is a list of lengths and factors, such as `20s:1,30s:10`. */
export function isPaceStages(text: string): boolean {
  return text.split(',').every(part => STAGE.test(part) && Number(part.split(':')[1]) > 0);
}

/** Such a list as stages. */
export function paceStages(text: string | undefined): PaceStage[] | undefined {
  return text?.split(',').map(part => {
    const [length = '', factor] = part.split(':');
    return { lengthNs: durationNs(length), factor: Number(factor) };
  });
}
