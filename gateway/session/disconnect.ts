/** Ends connections, with or without saying why. */
import type { DisconnectReason, SessionEffect } from './event.ts';
import { sendAdministrative } from './outbound.ts';
import type { SessionState } from './state.ts';

/** Why a connection is ended: `text` for both sides, `aside` for our log alone. */
type Why = { reason: DisconnectReason; text: string; aside?: string };

/** Says why, then closes: for breaches that a session does not survive. */
export function logoutAndDisconnect(
  state: SessionState,
  effects: SessionEffect[],
  { reason, text, aside = '' }: Why,
): void {
  sendAdministrative(state, effects, { msgType: '5', text });
  disconnect(state, effects, { reason, text: `${text}${aside}` });
}

/** The same, but QuickFIX waits for the answer, and says nothing twice: `isSaid` by a Reject. */
export function logoutForBreach(
  state: SessionState,
  effects: SessionEffect[],
  { isSaid = false, ...why }: Why & { isSaid?: boolean },
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
  { reason, text, aside = '' }: Why,
): void {
  forgetConnection(state);
  effects.push({ kind: 'disconnect', reason, text: `${text}${aside}` });
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
