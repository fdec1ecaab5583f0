/** Ends connections, with or without saying why. */
import type { DisconnectReason, SessionEffect } from './event.ts';
import { sendAdministrative } from './outbound.ts';
import type { SessionState } from './state.ts';

/** Says why, then closes: for breaches that a session does not survive. */
export function logoutAndDisconnect(
  state: SessionState,
  effects: SessionEffect[],
  { reason, text }: { reason: DisconnectReason; text: string },
): void {
  sendAdministrative(state, effects, { msgType: '5', text });
  disconnect(state, effects, { reason, text });
}

/** The same, but QuickFIX gives the other side time to answer the Logout. */
export function logoutForBreach(
  state: SessionState,
  effects: SessionEffect[],
  why: { reason: DisconnectReason; text: string },
): void {
  if (state.config.manners === 'plain' || state.status === 'logout-sent') {
    logoutAndDisconnect(state, effects, why);
    return;
  }
  sendAdministrative(state, effects, { msgType: '5', text: why.text });
  state.status = 'logout-sent';
  state.deadlineNs = state.nowNs + state.config.logoutTimeoutNs;
}

export function disconnect(
  state: SessionState,
  effects: SessionEffect[],
  { reason, text }: { reason: DisconnectReason; text: string },
): void {
  forgetConnection(state);
  effects.push({ kind: 'disconnect', reason, text });
}

/** What belongs to a connection goes with it; the numbers stay, unless agreed otherwise. */
export function forgetConnection(state: SessionState): void {
  if (state.status !== 'disconnected' && state.config.resetOnDisconnect) state.store.reset();
  state.status = 'disconnected';
  state.testRequestNs = undefined;
  state.unsentFrom = undefined;
  state.gap = undefined;
  state.resend = undefined;
}
