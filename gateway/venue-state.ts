/** One venue as the gateway sees it: its FIX session, and whether orders may leave for it. */
import type { Nanoseconds } from '#engine';
import { createMassCancels, type MassCancels } from './mass-cancel-state.ts';
import type { AwaitedList } from './mass-status.ts';
import { type ResendPolicy, sessionConfig } from './session/config.ts';
import { type MemoryStore, memoryStore } from './session/memory-store.ts';
import { newSession, type SessionState } from './session/state.ts';
import type { GatewayConfig } from './state.ts';
import type { VenueTerms } from './venue-terms.ts';

export type VenueState = {
  readonly index: number;
  readonly terms: VenueTerms;
  readonly session: SessionState;
  /** What `session` stores its messages in. */
  readonly store: MemoryStore;
  isLoggedOn: boolean;
  /** Logons that the venue has refused since one was taken. */
  refusedLogons: number;
  /** No Logon goes out before this time. */
  logOnFromNs: Nanoseconds;
  /** The number that a venue expects which halted us; 0 where none did. */
  expectedNumber: number;
  readonly massCancels: MassCancels;
  /** What it has open is asked for, and not all of it told. */
  awaitedList: AwaitedList | undefined;
};

/** Whether something new may leave for it; cancels and questions need its logon alone. */
export const takesOrders = ({ isLoggedOn, awaitedList }: VenueState): boolean =>
  isLoggedOn && awaitedList === undefined;

/** What a venue may still ask for: older orders would not be resent anyway. */
const SENT_MESSAGES_MAX = 4096;

export function createVenueState(
  { originNs, resendAgeNs }: GatewayConfig,
  terms: VenueTerms,
  index: number,
): VenueState {
  const { senderCompId, targetCompId, heartbeatNs, session } = terms;
  const resendPolicy = resendYoung(resendAgeNs);
  const agreed = { senderCompId, targetCompId, originNs, heartbeatNs, resendPolicy };
  const store = memoryStore({ messagesMax: SENT_MESSAGES_MAX });
  return {
    ...{ index, terms, store, isLoggedOn: false },
    ...{ refusedLogons: 0, logOnFromNs: 0, expectedNumber: 0 },
    ...{ massCancels: createMassCancels(), awaitedList: undefined },
    session: newSession(sessionConfig({ role: 'initiator', ...agreed, ...session }), store),
  };
}

/** Cancels and questions always go again; an old order must not come as a surprise. */
function resendYoung(resendAgeNs: number): ResendPolicy {
  return ({ message, sentNs }, nowNs) => {
    const addsRisk = message.msgType === 'D' || message.msgType === 'G';
    return addsRisk && nowNs - sentNs > resendAgeNs ? 'gap-fill' : 'resend';
  };
}
