/** The logon exchange of both roles: who sends which Logon, and which numbers hold after it. */
import { timingSafeEqual } from 'node:crypto';
import { SECOND_NS } from '#engine';
import { decodeMessage } from '../fix/codec.ts';
import type { Logon } from '../fix/logon.ts';
import { RejectReason, rejectText } from '../fix/tag.ts';
import { type Credentials, HEARTBEAT_SECONDS_MAX } from './config.ts';
import { disconnect, forgetConnection, logoutAndDisconnect } from './disconnect.ts';
import type { DisconnectReason, SessionEffect } from './event.ts';
import { holdBehindGap, settleGap } from './gap.ts';
import { sendAdministrative } from './outbound.ts';
import { enterPeriod } from './period.ts';
import { startResend } from './resend.ts';
import type { Inbound, SessionState } from './state.ts';
import { clockAside, isFromOtherSide, isSentInTime } from './validity.ts';

type Refusal = { reason: DisconnectReason; text: string; aside?: string };

/**
 * A connection stands: the initiator logs on, the acceptor waits for that. An owner that was
 * restarted has not seen the end of the connection before, and its timers are gone.
 */
export function connected(state: SessionState, effects: SessionEffect[]): void {
  forgetConnection(state);
  const { config, store } = state;
  state.announcedNs = Number.POSITIVE_INFINITY;
  state.lastReceivedNs = state.nowNs;
  state.lastSentNs = state.nowNs;
  state.deadlineNs = state.nowNs + config.logonTimeoutNs;
  state.heartbeatNs = config.heartbeatNs;
  if (config.role === 'acceptor') {
    state.status = 'awaiting-logon';
    return;
  }
  if (!enterPeriod(state)) {
    const text = 'Not within the hours of the session';
    disconnect(state, effects, { reason: 'outside-schedule', text });
    return;
  }
  const resetSeqNumFlag = asksForReset(state);
  if (resetSeqNumFlag) store.reset();
  sendLogon(state, effects, { resetSeqNumFlag, next: store.nextTargetSeq() });
  state.status = 'logon-sent';
}

/** Of an initiator. */
const asksForReset = ({ config, resetsNext }: SessionState) => config.resetOnLogon || resetsNext;

/** The first message of a connection, which must be the other side's Logon. */
export function receiveFirst(
  state: SessionState,
  effects: SessionEffect[],
  inbound: Inbound,
): void {
  const { view, problem } = inbound;
  if (!isFromOtherSide(state, inbound)) {
    const text = rejectText(RejectReason.compIdProblem);
    refuse(state, effects, { reason: 'wrong-comp-id', text });
    return;
  }
  if (view.msgType === '5' && state.status === 'logon-sent') {
    receiveRefusal(state, effects, inbound);
    return;
  }
  if (view.msgType !== 'A') {
    const text = 'The first message must be a Logon';
    disconnect(state, effects, { reason: 'not-a-logon', text });
    return;
  }
  const decoded = decodeMessage(view);
  if (problem !== undefined || decoded.message?.msgType !== 'A') {
    const { reason, tag } = problem ?? decoded.problem!;
    const text = tag === undefined ? rejectText(reason) : `${rejectText(reason)}: ${tag}`;
    refuse(state, effects, { reason: 'malformed-logon', text });
    return;
  }
  if (!enterPeriod(state)) {
    const text = 'Logon attempt not within session time';
    refuse(state, effects, { reason: 'outside-schedule', text });
    return;
  }
  if (state.config.role === 'acceptor' && state.config.resetOnLogon) state.store.reset();
  const refusal = refusalOf(state, inbound, decoded.message);
  if (refusal !== undefined) {
    refuse(state, effects, refusal);
    return;
  }
  accept(state, effects, { inbound, logon: decoded.message });
}

/** An acceptor asked within a session to begin again at number 1. */
export function resetWithin(state: SessionState, effects: SessionEffect[], logon: Logon): void {
  state.gap = undefined;
  state.resend = undefined;
  state.store.reset();
  state.store.setNextTargetSeq(2);
  state.heartbeatNs = logon.heartBtInt * SECOND_NS;
  sendLogon(state, effects, { resetSeqNumFlag: true, next: 2 });
}

/** Why a well-formed Logon cannot open the session. */
function refusalOf(state: SessionState, inbound: Inbound, logon: Logon): Refusal | undefined {
  const { config, store } = state;
  const { msgSeqNum } = inbound.view;
  const { heartBtInt, resetSeqNumFlag } = logon;
  if (config.role === 'acceptor' && !isKnown(config.credentials, logon)) {
    return { reason: 'logon-refused', text: 'Username or Password is not right' };
  }
  if (!isSentInTime(state, inbound)) {
    const text = rejectText(RejectReason.sendingTimeAccuracy);
    return { reason: 'sending-time', text, aside: clockAside(state, inbound) };
  }
  if (heartBtInt > HEARTBEAT_SECONDS_MAX) {
    return { reason: 'logon-refused', text: `HeartBtInt above ${HEARTBEAT_SECONDS_MAX} s` };
  }
  const asks = config.role === 'initiator' && asksForReset(state);
  if (asks && !resetSeqNumFlag && msgSeqNum !== 1) {
    return { reason: 'logon-refused', text: 'ResetSeqNumFlag was not confirmed' };
  }
  if (resetSeqNumFlag) {
    if (config.role === 'initiator' && !asks) {
      return { reason: 'logon-refused', text: 'ResetSeqNumFlag was not asked for' };
    }
    if (msgSeqNum === 1) return undefined;
    return { reason: 'logon-refused', text: 'ResetSeqNumFlag needs MsgSeqNum 1' };
  }
  const expected = store.nextTargetSeq();
  const next = store.nextSenderSeq();
  const wanted = wantedFrom(state, logon) ?? next;
  if (wanted > next) {
    const text = `NextExpectedMsgSeqNum too high, expecting ${next} but received ${wanted}`;
    return { reason: 'logon-refused', text };
  }
  if (msgSeqNum >= expected) return undefined;
  const text = `MsgSeqNum too low, expecting ${expected} but received ${msgSeqNum}`;
  return { reason: 'sequence-too-low', text };
}

function accept(
  state: SessionState,
  effects: SessionEffect[],
  { inbound, logon }: { inbound: Inbound; logon: Logon },
): void {
  const { config, store } = state;
  const { msgSeqNum } = inbound.view;
  const before = store.nextSenderSeq();
  if (config.role === 'acceptor') {
    if (logon.resetSeqNumFlag) store.reset();
    state.heartbeatNs = logon.heartBtInt * SECOND_NS;
    const expected = store.nextTargetSeq();
    const next = msgSeqNum === expected ? expected + 1 : expected;
    sendLogon(state, effects, { resetSeqNumFlag: logon.resetSeqNumFlag, next });
  }
  state.status = 'active';
  state.resetsNext = false;
  effects.push({ kind: 'logged-on' });
  const expected = store.nextTargetSeq();
  const wanted = wantedFrom(state, logon);
  if (msgSeqNum === expected) store.setNextTargetSeq(expected + 1);
  else holdBehindGap(state, effects, { inbound, done: true, isAskedFor: wanted !== undefined });
  settleGap(state, effects);
  if (wanted !== undefined && wanted < before) state.unsentFrom = wanted;
  sendUnsent(state, effects);
}

/** The number that the other side asks for by its Logon, where both agreed on that. */
function wantedFrom({ config }: SessionState, logon: Logon): number | undefined {
  if (!config.nextExpectedMsgSeqNum || logon.resetSeqNumFlag) return undefined;
  return logon.nextExpectedMsgSeqNum;
}

/** Compares whole texts: how long it takes says nothing about where they differ. */
function isKnown(credentials: Credentials | undefined, { username, password }: Logon): boolean {
  if (credentials === undefined) return true;
  const said = Buffer.from(`${username ?? ''}\0${password ?? ''}`, 'latin1');
  const known = Buffer.from(`${credentials.username}\0${credentials.password}`, 'latin1');
  return said.length === known.length && timingSafeEqual(said, known);
}

/** Messages numbered while the Logon was under way follow it. */
function sendUnsent(state: SessionState, effects: SessionEffect[]): void {
  const { unsentFrom } = state;
  if (unsentFrom === undefined) return;
  state.unsentFrom = undefined;
  startResend(state, effects, { from: unsentFrom, through: state.store.nextSenderSeq() - 1 });
}

function sendLogon(
  state: SessionState,
  effects: SessionEffect[],
  logon: { resetSeqNumFlag: boolean; next: number },
): void {
  const { role, credentials, nextExpectedMsgSeqNum } = state.config;
  sendAdministrative(state, effects, {
    msgType: 'A',
    heartBtInt: state.heartbeatNs / SECOND_NS,
    resetSeqNumFlag: logon.resetSeqNumFlag,
    ...(role === 'initiator' ? credentials : undefined),
    nextExpectedMsgSeqNum: nextExpectedMsgSeqNum ? logon.next : undefined,
  });
}

/** The acceptor said no. */
function receiveRefusal(state: SessionState, effects: SessionEffect[], inbound: Inbound): void {
  const { store } = state;
  const next = store.nextTargetSeq();
  if (inbound.view.msgSeqNum === next) store.setNextTargetSeq(next + 1);
  const { message } = decodeMessage(inbound.view);
  const said = message?.msgType === '5' ? message.text : undefined;
  const text = said ?? 'Logout instead of a Logon';
  const aside = clockAside(state, inbound);
  disconnect(state, effects, { reason: 'logon-refused', text, aside });
}

/** QuickFIX tells nobody what is wrong with the form of a Logon. */
const UNTOLD: ReadonlySet<DisconnectReason> = new Set(['malformed-logon', 'sending-time']);

/** An acceptor tells a stranger nothing; a known side learns why. */
function refuse(state: SessionState, effects: SessionEffect[], refusal: Refusal): void {
  const { role, manners } = state.config;
  const isUntold = manners === 'quickfix' && UNTOLD.has(refusal.reason);
  if (role === 'acceptor' && (refusal.reason === 'wrong-comp-id' || isUntold)) {
    disconnect(state, effects, refusal);
    return;
  }
  logoutAndDisconnect(state, effects, refusal);
}
