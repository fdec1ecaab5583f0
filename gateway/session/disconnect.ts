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

/** The same, but QuickFIX waits for the answer, and says nothing twice: `isSaid` by a Reject. */
export function logoutForBreach(
  state: SessionState,
  effects: SessionEffect[],
  { isSaid = false, ...why }: { reason: DisconnectReason; text: string; isSaid?: boolean },
): void {
  if (state.config.manners === 'plain' || state.status === 'logout-sent') {
    logoutAndDisconnect(state, effects, why);
    return;
  }
  const text = isSaid ? undefined : why.text;
  sendAdministrative(state, effects, { msgType: '5', text });
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
