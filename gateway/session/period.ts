/** Keeps a session within its schedule: outside it none stands, and each period counts from 1. */
import { MILLISECOND_NS } from '#engine';
import { periodAt } from './schedule.ts';
import type { SessionState } from './state.ts';

/**
 * Looks up the period of this moment and begins its numbers, unless they are of it already; false
 * where no session may stand. A store that names no period goes on with the numbers it has.
 */
export function enterPeriod(state: SessionState): boolean {
  const { config, store } = state;
  if (config.schedule === undefined) return true;
  const originMs = Number(config.originNs / BigInt(MILLISECOND_NS));
  const unixMs = originMs + Math.floor(state.nowNs / MILLISECOND_NS);
  const period = periodAt(config.schedule, unixMs);
  if (period === undefined) return false;
  const name = Math.floor(period.startMs / 1_000);
  const isFresh = store.nextSenderSeq() === 1 && store.nextTargetSeq() === 1;
  if (store.period() !== name && (store.period() !== 0 || isFresh)) store.reset(name);
  state.periodEndNs = (period.endMs - originMs) * MILLISECOND_NS;
  return true;
}
