/** One FIX 4.4 session, initiator or acceptor, as a pure state machine: event in, effects out. */

import { disconnect, forgetConnection, logoutAndDisconnect } from './disconnect.ts';
import type { SessionEffect, SessionEvent } from './event.ts';
import { connected } from './logon.ts';
import { sendAdministrative, sendApplication, sendWhole } from './outbound.ts';
import { receive, receiveGarbage } from './receive.ts';
import { advanceTo, type SessionState } from './state.ts';
import { announceTimer, timePassed } from './timers.ts';

/**
 * Changes `state` and its store and appends to `effects`, which the owner carries out in order:
 * the bytes of this step, then what it is to know and to do.
 * No input from the other side throws; `send` throws `bad-data` or `limit` for a message that
 * cannot be encoded, and then nothing is numbered or stored.
 *
 *     disconnected --connected--> awaiting-logon | logon-sent --Logon--> active
 *     active --logout--> logout-sent --Logout--> disconnected
 *     active --Logout--> logout-answered --disconnected--> disconnected
 *     any --a breach, a deadline, disconnected--> disconnected
 */
export function stepSession(
  state: SessionState,
  event: SessionEvent,
  effects: SessionEffect[],
): void {
  advanceTo(state, event.timeNs);
  const first = effects.length;
  switch (event.kind) {
    case 'connected':
      connected(state, effects);
      break;
    case 'disconnected':
      forgetConnection(state);
      break;
    case 'message':
      receive(state, effects, event.bytes);
      break;
    case 'garbage':
      receiveGarbage(state, effects, event.reason);
      break;
    case 'timer':
      timePassed(state, effects);
      break;
    case 'send':
      sendApplication(state, effects, event.message);
      break;
    case 'send-whole':
      sendWhole(state, effects, event.message);
      break;
    case 'logout':
      logout(state, effects, event.text);
      break;
    case 'renumber':
      renumber(state, effects, event.resets);
      break;
  }
  announceTimer(state, effects);
  sendsFirst(effects, first);
}

/** An owner that sends while it carries out the effects then never overtakes an earlier number. */
function sendsFirst(effects: SessionEffect[], first: number): void {
  if (effects.length - first < 2) return;
  const mine = effects.splice(first);
  for (const effect of mine) if (effect.kind === 'send') effects.push(effect);
  for (const effect of mine) if (effect.kind !== 'send') effects.push(effect);
}

function logout(state: SessionState, effects: SessionEffect[], text: string | undefined): void {
  if (state.status === 'awaiting-logon' || state.status === 'logon-sent') {
    disconnect(state, effects, { reason: 'logged-out', text: 'Before the logon was complete' });
  }
  if (state.status !== 'active') return;
  sendAdministrative(state, effects, { msgType: '5', text });
  state.status = 'logout-sent';
  state.deadlineNs = state.nowNs + state.config.logoutTimeoutNs;
}

function renumber(state: SessionState, effects: SessionEffect[], resets: boolean): void {
  if (state.status !== 'disconnected') {
    const text = 'Sequence numbers were agreed on anew';
    logoutAndDisconnect(state, effects, { reason: 'renumbered', text });
  }
  state.resetsNext = resets;
}
