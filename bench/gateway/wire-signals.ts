/** What the measurements of signal to wire trade: one instrument, limits that nothing meets. */

import type { Signal } from '#gateway';
import { type Instrument, loadReferenceData, referenceInstrument } from '#market';

/** The venue's quotes of the day lie near this, and its band is wide. */
const MID_INCREMENTS = 138_700;
const BEYOND_INCREMENTS = 2_000;
const DATE = '2014-05-02';

export const LIMITS = {
  ...{ positionLots: 1000, orderValue: 1e9, ordersPerSecond: 1e6, collarBasisPoints: 5000 },
  ...{ dailyLoss: 1e9, trailingDrawdown: 1e9 },
};

export const tradedInstrument = (): Instrument =>
  referenceInstrument(loadReferenceData(), { symbol: 'EURUSD', date: DATE })!;

/** Trades on arrival. */
export function signalAt(timeNs: number, desiredLots: number): Signal {
  const beyond = desiredLots > 0 ? BEYOND_INCREMENTS : -BEYOND_INCREMENTS;
  return {
    ...{ strategy: 0, instrument: 0, timeNs, tickTimeNs: timeNs, forecastTimeNs: timeNs },
    ...{ desiredLots, style: 'cross', limitIncrements: MID_INCREMENTS + beyond },
    midLowHalfIncrements: 2 * MID_INCREMENTS - 10,
    midHighHalfIncrements: 2 * MID_INCREMENTS + 10,
    ...{ basis: 'verified', forecastId: '0123456789abcdef0123456789abcdef' },
    ...{ bidIncrements: MID_INCREMENTS, askIncrements: MID_INCREMENTS + 2 },
  };
}

export function percentiles(latenciesNs: number[]) {
  const sorted = latenciesNs.sort((one, other) => one - other);
  const at = (share: number) => Math.round(sorted[Math.round((sorted.length - 1) * share)]!);
  return { p50Ns: at(0.5), p90Ns: at(0.9), p99Ns: at(0.99), leastNs: at(0), mostNs: at(1) };
}
