/** Takes in one message: whole, from the other side, in its time and in order, or refused. */

import { decodeHeader, decodeMessage } from '../fix/codec.ts';
import type { GarbageReason } from '../fix/framer.ts';
import { type FixView, parseMessage, SEQUENCE_MAX } from '../fix/parse.ts';
import { RejectReason, Tag } from '../fix/tag.ts';
import { disconnect, logoutAndDisconnect, logoutForBreach } from './disconnect.ts';
import type { SessionEffect } from './event.ts';
import { holdBehindGap, settleGap, skipTo, takeNext } from './gap.ts';
import { receiveFirst, resetWithin } from './logon.ts';
import { processInOrder, receiveLogout, receiveResendRequest } from './process.ts';
import { reject, rejectAndLogout, rejectValue } from './reject.ts';
import type { Inbound, SessionState } from './state.ts';
import { clockAside, isFromOtherSide, isOriginalEarlier, isSentInTime } from './validity.ts';

/** Garbled messages are counted and otherwise as if they had never been sent. */
export function receive(state: SessionState, effects: SessionEffect[], bytes: Uint8Array): void {
  if (state.status === 'disconnected' || state.status === 'logout-answered') return;
  const view = judged(state, bytes);
  if (view === undefined) {
    state.counters.garbled++;
    return;
  }
  state.lastReceivedNs = state.nowNs;
  state.testRequestNs = undefined;
  if (view.msgSeqNum < 0) {
    receiveUnnumbered(state, effects);
    return;
  }
  const { header, problem } = decodeHeader(view);
  const inbound = { view, header, problem: problem ?? possDupProblem(state, view, header) };
  if (state.status === 'awaiting-logon' || state.status === 'logon-sent') {
    receiveFirst(state, effects, inbound);
  } else if (!isFromOtherSide(state, inbound)) {
    const compId = { reason: RejectReason.compIdProblem, tag: undefined };
    rejectAndLogout(state, effects, { inbound, problem: compId, reason: 'wrong-comp-id' });
  } else if (!isSentInTime(state, inbound) || !isOriginalEarlier(state, inbound)) {
    const tag = isSentInTime(state, inbound) ? Tag.origSendingTime : Tag.sendingTime;
    const late = { reason: RejectReason.sendingTimeAccuracy, tag: named(state, tag) };
    const aside = clockAside(state, inbound);
    rejectAndLogout(state, effects, { inbound, problem: late, reason: 'sending-time', aside });
  } else if (!receivedReset(state, effects, inbound)) {
    receiveNumbered(state, effects, inbound);
  }
}

/** What the parser and the session's dictionary say of a message; undefined for a garbled one. */
function judged(state: SessionState, bytes: Uint8Array): FixView | undefined {
  const view = parseMessage(bytes);
  if (view.kind === 'garbled') return undefined;
  const { validate } = state.config;
  if (validate === undefined) return view;
  const problem = validate(view);
  return problem === 'garbled' ? undefined : { ...view, problem };
}

/**
 * Bytes that were no message; only another FIX version ends the session, and a first message that
 * cannot be a whole Logon.
 */
export function receiveGarbage(
  state: SessionState,
  effects: SessionEffect[],
  garbage: GarbageReason,
): void {
  if (state.status === 'disconnected') return;
  state.counters.garbled++;
  if (state.status === 'awaiting-logon' && garbage !== 'noise') {
    disconnect(state, effects, { reason: 'not-a-logon', text: `No Logon: ${garbage}` });
    return;
  }
  if (garbage !== 'wrong-begin-string') return;
  breach(state, effects, { reason: 'wrong-begin-string', text: 'Incorrect BeginString' });
}

function receiveUnnumbered(state: SessionState, effects: SessionEffect[]): void {
  breach(state, effects, { reason: 'sequence-missing', text: 'MsgSeqNum missing or malformed' });
}

/** Before a session stands the other side is told nothing. */
function breach(
  state: SessionState,
  effects: SessionEffect[],
  why: { reason: 'wrong-begin-string' | 'sequence-missing'; text: string },
): void {
  if (state.status === 'awaiting-logon') disconnect(state, effects, why);
  else logoutForBreach(state, effects, why);
}

/** A repetition must say when it was first sent; gap fills repeat nothing. */
function possDupProblem(
  { config }: SessionState,
  { msgType }: FixView,
  header: Inbound['header'],
): Inbound['problem'] {
  if (!config.requiresOrigSendingTime || !header.possDup) return undefined;
  if (msgType === '4' || header.origSendingTime !== undefined) return undefined;
  return { reason: RejectReason.requiredTagMissing, tag: Tag.origSendingTime };
}

/** The two messages that set numbers whatever number they carry; false for all others. */
function receivedReset(state: SessionState, effects: SessionEffect[], inbound: Inbound): boolean {
  const { view, problem } = inbound;
  if (problem !== undefined || (view.msgType !== '4' && view.msgType !== 'A')) return false;
  const { message } = decodeMessage(view);
  if (message?.msgType === 'A') {
    const { role } = state.config;
    if (role !== 'acceptor' || !message.resetSeqNumFlag || view.msgSeqNum !== 1) return false;
    resetWithin(state, effects, message);
    return true;
  }
  if (message?.msgType !== '4' || message.gapFillFlag) return false;
  const expected = state.store.nextTargetSeq();
  if (message.newSeqNo < expected || message.newSeqNo > SEQUENCE_MAX) {
    rejectValue(state, effects, { inbound, tag: named(state, Tag.newSeqNo) });
    return true;
  }
  state.counters.skippedByReset += message.newSeqNo - expected;
  skipTo(state, message.newSeqNo);
  takeQueued(state, effects);
  return true;
}

function receiveNumbered(state: SessionState, effects: SessionEffect[], inbound: Inbound): void {
  const { msgSeqNum } = inbound.view;
  const { checksSequenceNumbers } = state.config;
  const expected = state.store.nextTargetSeq();
  if (msgSeqNum === expected || !checksSequenceNumbers) {
    state.store.setNextTargetSeq(expected + 1);
    processInOrder(state, effects, inbound);
    takeQueued(state, effects);
  } else if (msgSeqNum > expected) {
    receiveEarly(state, effects, inbound);
  } else if (inbound.header.possDup) {
    state.counters.duplicates++;
    const { problem } = inbound;
    if (problem?.tag === Tag.origSendingTime) reject(state, effects, { inbound, problem });
  } else if (state.config.manners === 'quickfix' && isTimeless(inbound)) {
    processInOrder(state, effects, inbound);
  } else {
    const text = `MsgSeqNum too low, expecting ${expected} but received ${msgSeqNum}`;
    logoutAndDisconnect(state, effects, { reason: 'sequence-too-low', text });
  }
}

/** QuickFIX answers a Logout and a ResendRequest whatever number they carry. */
function isTimeless({ view, problem }: Inbound): boolean {
  return (view.msgType === '5' || view.msgType === '2') && problem === undefined;
}

/** QuickFIX names no field where the reason alone says which it is. */
function named({ config }: SessionState, tag: number): number | undefined {
  return config.manners === 'quickfix' ? undefined : tag;
}

/**
 * Something is missing before this message. A ResendRequest is answered at once, or two sides that
 * both miss something would wait for each other; a Logout ends the session, gap or not.
 */
function receiveEarly(state: SessionState, effects: SessionEffect[], inbound: Inbound): void {
  const { view, problem } = inbound;
  const { message } = problem === undefined ? decodeMessage(view) : {};
  if (message?.msgType === '5') {
    receiveLogout(state, effects, message);
    return;
  }
  const done = message?.msgType === '2';
  if (done) receiveResendRequest(state, effects, { inbound, request: message });
  holdBehindGap(state, effects, { inbound, done });
}

/** Takes up, in order, what waited behind a gap that has moved. */
function takeQueued(state: SessionState, effects: SessionEffect[]): void {
  while (state.status === 'active' || state.status === 'logout-sent') {
    const entry = takeNext(state);
    if (entry === undefined) break;
    if (!entry.done) processInOrder(state, effects, entry.inbound);
  }
  settleGap(state, effects);
}
