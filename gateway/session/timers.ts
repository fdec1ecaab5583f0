/** What a session does when time passes: heartbeats, asking for a sign of life, deadlines. */
import type { Nanoseconds } from '#engine';
import { disconnect, logoutAndDisconnect } from './disconnect.ts';
import type { SessionEffect } from './event.ts';
import { sendAdministrative } from './outbound.ts';
import { continueResend } from './resend.ts';
import type { SessionState } from './state.ts';

/** Does what is due by now; coming too early or too late is harmless. */
export function timePassed(state: SessionState, effects: SessionEffect[]): void {
  state.announcedNs = Number.POSITIVE_INFINITY;
  switch (state.status) {
    case 'disconnected':
      return;
    case 'awaiting-logon':
    case 'logon-sent':
      if (state.nowNs < state.deadlineNs) return;
      disconnect(state, effects, { reason: 'logon-timeout', text: 'No Logon in time' });
      return;
    case 'logout-sent':
      if (state.nowNs >= state.deadlineNs) {
        const text = 'Logout not answered in time';
        disconnect(state, effects, { reason: 'logout-timeout', text });
        return;
      }
      resendDue(state, effects);
      return;
    case 'logout-answered':
      if (state.nowNs < state.deadlineNs) return;
      disconnect(state, effects, { reason: 'logged-out', text: 'By the other side' });
      return;
    case 'active':
      resendDue(state, effects);
      activeTimePassed(state, effects);
      return;
  }
}

/** Announces the next due time if no earlier wake-up is on its way. */
export function announceTimer(state: SessionState, effects: SessionEffect[]): void {
  const dueNs = nextDueNs(state);
  if (dueNs >= state.announcedNs) return;
  state.announcedNs = dueNs;
  effects.push({ kind: 'timer', dueNs });
}

function activeTimePassed(state: SessionState, effects: SessionEffect[]): void {
  const { nowNs, gap } = state;
  if (nowNs >= state.periodEndNs) {
    sendAdministrative(state, effects, { msgType: '5', text: 'The hours of the session are over' });
    state.status = 'logout-sent';
    state.deadlineNs = nowNs + state.config.logoutTimeoutNs;
    return;
  }
  if (gap !== undefined && nowNs >= gap.deadlineNs) {
    const text = `Messages from ${state.store.nextTargetSeq()} on were asked for and did not come`;
    logoutAndDisconnect(state, effects, { reason: 'gap-timeout', text });
    return;
  }
  if (state.heartbeatNs === 0) return;
  if (nowNs >= silenceDueNs(state)) {
    if (state.testRequestNs !== undefined) {
      const text = 'Nothing received, TestRequest unanswered';
      disconnect(state, effects, { reason: 'heartbeat-timeout', text });
      return;
    }
    state.testRequestNs = nowNs;
    const number = String(state.store.nextSenderSeq());
    const testReqId = state.config.manners === 'quickfix' ? 'TEST' : number;
    sendAdministrative(state, effects, { msgType: '1', testReqId });
  }
  if (nowNs >= heartbeatDueNs(state)) {
    sendAdministrative(state, effects, { msgType: '0' });
  }
}

function resendDue(state: SessionState, effects: SessionEffect[]): void {
  const { resend } = state;
  if (resend !== undefined && state.nowNs >= resend.dueNs) continueResend(state, effects);
}

/** QuickFIX sends none while it waits for the answer to a TestRequest. */
function heartbeatDueNs(state: SessionState): Nanoseconds {
  const isWaiting = state.testRequestNs !== undefined && state.config.manners === 'quickfix';
  return isWaiting ? Number.POSITIVE_INFINITY : state.lastSentNs + state.heartbeatNs;
}

/** 1.2 intervals of silence call for a TestRequest, as many again end the connection. */
function silenceDueNs(state: SessionState): Nanoseconds {
  const sinceNs = state.testRequestNs ?? state.lastReceivedNs;
  return sinceNs + Math.ceil((state.heartbeatNs * 6) / 5);
}

function nextDueNs(state: SessionState): Nanoseconds {
  const resendNs = state.resend?.dueNs ?? Number.POSITIVE_INFINITY;
  switch (state.status) {
    case 'disconnected':
      return Number.POSITIVE_INFINITY;
    case 'awaiting-logon':
    case 'logon-sent':
    case 'logout-answered':
      return state.deadlineNs;
    case 'logout-sent':
      return Math.min(state.deadlineNs, resendNs);
    case 'active': {
      const gapNs = state.gap?.deadlineNs ?? Number.POSITIVE_INFINITY;
      const waitNs = Math.min(resendNs, gapNs, state.periodEndNs);
      if (state.heartbeatNs === 0) return waitNs;
      return Math.min(waitNs, silenceDueNs(state), heartbeatDueNs(state));
    }
  }
}
