/** Whether a message comes from the other side of this session, and in its time. */
import { clocksApart } from '#engine';
import { parseUtcTimestamp } from '../fix/timestamp.ts';
import type { Inbound, SessionState } from './state.ts';

/** A missing CompID is a missing field, not a wrong one. */
export function isFromOtherSide(state: SessionState, { header }: Inbound): boolean {
  const { senderCompId, targetCompId, checksCompIds } = state.config;
  if (!checksCompIds) return true;
  const sender = header.senderCompId === '' || header.senderCompId === targetCompId;
  return sender && (header.targetCompId === '' || header.targetCompId === senderCompId);
}

/** A malformed SendingTime is a malformed field, not a wrong time. */
export function isSentInTime(state: SessionState, { header }: Inbound): boolean {
  const { originNs, sendingTimeToleranceNs } = state.config;
  const sentNs = parseUtcTimestamp(header.sendingTime, originNs);
  return sentNs === undefined || Math.abs(sentNs - state.nowNs) <= sendingTimeToleranceNs;
}

/** For the log where a message's time is refused, or what it says may come of its time. */
export function clockAside(state: SessionState, inbound: Inbound): string {
  if (isSentInTime(state, inbound)) return '';
  const sentNs = parseUtcTimestamp(inbound.header.sendingTime, state.config.originNs)!;
  return `; its clock is ${clocksApart(sentNs - state.nowNs)}`;
}

/** A repetition cannot be older than its first sending. */
export function isOriginalEarlier(state: SessionState, { header }: Inbound): boolean {
  if (header.origSendingTime === undefined) return true;
  const { originNs } = state.config;
  const sentNs = parseUtcTimestamp(header.sendingTime, originNs);
  const originallyNs = parseUtcTimestamp(header.origSendingTime, originNs);
  return sentNs === undefined || originallyNs === undefined || originallyNs <= sentNs;
}
