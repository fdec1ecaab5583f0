/** A wish for nothing at work: what is, is cancelled once the venue answered, and nothing opens. */
import type { Nanoseconds } from '#engine';
import type { Signal } from '../signal.ts';
import type { Desk } from './desk.ts';

export function restingWish(desk: Desk, timeNs: Nanoseconds): Signal | undefined {
  const { strategy, instrument, orders, signal } = desk;
  if (orders.length === 0) return undefined;
  const blank = {
    ...{ strategy, instrument, timeNs, tickTimeNs: timeNs, forecastTimeNs: timeNs },
    ...{ desiredLots: 0, limitIncrements: 0, bidIncrements: 0, askIncrements: 0 },
    ...{ midLowHalfIncrements: 0, midHighHalfIncrements: 0, forecastId: '0'.repeat(32) },
  };
  return { ...blank, basis: 'provisional', ...signal, style: 'wait' };
}
