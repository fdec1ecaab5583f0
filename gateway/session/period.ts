/** Keeps a session within its schedule: outside it none stands, and each period counts from 1. */
import { MILLISECOND_NS, type Nanoseconds } from '#engine';
import { nextStartMs, periodAt } from '../calendar/schedule.ts';
import type { SessionConfig } from './config.ts';
import type { SessionState } from './state.ts';

/**
 * Looks up the period of this moment and begins its numbers, unless they are of it already; false
 * where no session may stand. A store that names no period goes on with the numbers it has.
 */
export function enterPeriod(state: SessionState): boolean {
  const { config, store } = state;
  if (config.schedule === undefined) return true;
  const period = periodAt(config.schedule, unixMsAt(config, state.nowNs));
  if (period === undefined) return false;
  const name = Math.floor(period.startMs / 1_000);
  const isFresh = store.nextSenderSeq() === 1 && store.nextTargetSeq() === 1;
  if (store.period() !== name && (store.period() !== 0 || isFresh)) store.reset(name);
  state.periodEndNs = (period.endMs - originMsOf(config)) * MILLISECOND_NS;
  return true;
}

/** Whether orders may leave: of a connection, until the end of the period it was begun in. */
export function isWithinPeriod(
  { config, status, periodEndNs }: SessionState,
  nowNs: Nanoseconds,
): boolean {
  if (config.schedule === undefined) return true;
  if (status !== 'disconnected') return nowNs < periodEndNs;
  return periodAt(config.schedule, unixMsAt(config, nowNs)) !== undefined;
}

/** The time itself where a session may stand then, else when the next one may begin. */
export function opensNs(config: SessionConfig, nowNs: Nanoseconds): Nanoseconds {
  const { schedule } = config;
  const unixMs = unixMsAt(config, nowNs);
  if (schedule === undefined || periodAt(schedule, unixMs) !== undefined) return nowNs;
  return (nextStartMs(schedule, unixMs) - originMsOf(config)) * MILLISECOND_NS;
}

const originMsOf = ({ originNs }: SessionConfig) => Number(originNs / BigInt(MILLISECOND_NS));

const unixMsAt = (config: SessionConfig, nowNs: Nanoseconds) =>
  originMsOf(config) + Math.floor(nowNs / MILLISECOND_NS);
