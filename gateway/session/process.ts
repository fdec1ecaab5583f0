/** Processes a message whose turn it is: answers the session's own, hands the owner's on. */
import { decodeMessage } from '../fix/codec.ts';
import type { Logout } from '../fix/logout.ts';
import { type ApplicationMessage, isApplication } from '../fix/message.ts';
import { type FieldProblem, SEQUENCE_MAX } from '../fix/parse.ts';
import type { Reject } from '../fix/reject.ts';
import type { ResendRequest } from '../fix/resend-request.ts';
import type { SequenceReset } from '../fix/sequence-reset.ts';
import { isAdministrative, RejectReason, Tag } from '../fix/tag.ts';
import type { TestRequest } from '../fix/test-request.ts';
import { disconnect } from './disconnect.ts';
import type { SessionEffect } from './event.ts';
import { skipTo } from './gap.ts';
import { sendAdministrative, sendApplication } from './outbound.ts';
import { reject, rejectValue } from './reject.ts';
import { readStored, startResend } from './resend.ts';
import type { Inbound, SessionState } from './state.ts';

/** An id longer than this is not echoed: the answer might not fit a message. */
const TEST_REQUEST_ID_CHARACTERS_MAX = 255;
/** BusinessRejectReason (380). */
const UNSUPPORTED_MESSAGE_TYPE = 3;

/** The number is already counted as received: a refused message is not asked for again. */
export function processInOrder(
  state: SessionState,
  effects: SessionEffect[],
  inbound: Inbound,
): void {
  const { view, header, problem } = inbound;
  if (problem !== undefined) {
    reject(state, effects, { inbound, problem });
    return;
  }
  if (state.config.delivery === 'whole' && !isAdministrative(view.msgType)) {
    effects.push({ kind: 'deliver-whole', header, view });
    return;
  }
  const decoded = decodeMessage(view);
  if (decoded.message === undefined) {
    refuse(state, effects, { inbound, problem: decoded.problem });
    return;
  }
  const { message } = decoded;
  if (isApplication(message)) {
    effects.push({ kind: 'deliver', header, message });
    return;
  }
  switch (message.msgType) {
    case 'A':
      rejectLogon(state, effects, inbound);
      return;
    case '0':
      return;
    case '1':
      receiveTestRequest(state, effects, { inbound, request: message });
      return;
    case '2':
      receiveResendRequest(state, effects, { inbound, request: message });
      return;
    case '3':
      receiveReject(state, effects, message);
      return;
    case '4':
      receiveGapFill(state, effects, { inbound, reset: message });
      return;
    case '5':
      receiveLogout(state, effects, message);
      return;
  }
}

export function receiveResendRequest(
  state: SessionState,
  effects: SessionEffect[],
  { inbound, request }: { inbound: Inbound; request: ResendRequest },
): void {
  const { beginSeqNo, endSeqNo } = request;
  const last = state.store.nextSenderSeq() - 1;
  if (beginSeqNo < 1 || beginSeqNo > last) {
    rejectValue(state, effects, { inbound, tag: Tag.beginSeqNo });
    return;
  }
  if (endSeqNo !== 0 && endSeqNo < beginSeqNo) {
    rejectValue(state, effects, { inbound, tag: Tag.endSeqNo });
    return;
  }
  const through = endSeqNo === 0 ? last : Math.min(endSeqNo, last);
  startResend(state, effects, { from: beginSeqNo, through });
}

/** Confirms the other side's Logout, or completes our own. */
export function receiveLogout(
  state: SessionState,
  effects: SessionEffect[],
  { text }: Logout,
): void {
  const { resetOnLogout, manners } = state.config;
  const isAnswer = state.status === 'logout-sent';
  if (!isAnswer) sendAdministrative(state, effects, { msgType: '5' });
  if (resetOnLogout) state.store.reset();
  if (isAnswer || manners === 'quickfix') {
    disconnect(state, effects, { reason: 'logged-out', text: text ?? '' });
    return;
  }
  state.status = 'logout-answered';
  state.deadlineNs = state.nowNs + state.config.logoutTimeoutNs;
}

function refuse(
  state: SessionState,
  effects: SessionEffect[],
  { inbound, problem }: { inbound: Inbound; problem: FieldProblem | undefined },
): void {
  if (problem !== undefined) {
    reject(state, effects, { inbound, problem });
    return;
  }
  const { msgType, msgSeqNum } = inbound.view;
  if (msgType.length > 2) {
    const invalid = { reason: RejectReason.invalidMsgType, tag: Tag.msgType };
    reject(state, effects, { inbound, problem: invalid });
    return;
  }
  sendApplication(state, effects, {
    msgType: 'j',
    refSeqNum: msgSeqNum,
    text: 'Unsupported message type',
    refMsgType: msgType,
    businessRejectReason: UNSUPPORTED_MESSAGE_TYPE,
  });
}

/** QuickFIX takes a second Logon for another client on the same connection. */
function rejectLogon(state: SessionState, effects: SessionEffect[], inbound: Inbound): void {
  if (state.config.manners === 'quickfix') {
    disconnect(state, effects, { reason: 'not-a-logon', text: 'Logon within the session' });
    return;
  }
  const problem = { reason: RejectReason.other, tag: Tag.msgType };
  reject(state, effects, { inbound, problem });
}

function receiveTestRequest(
  state: SessionState,
  effects: SessionEffect[],
  { inbound, request }: { inbound: Inbound; request: TestRequest },
): void {
  const { testReqId } = request;
  if (testReqId.length > TEST_REQUEST_ID_CHARACTERS_MAX) {
    rejectValue(state, effects, { inbound, tag: Tag.testReqId });
    return;
  }
  sendAdministrative(state, effects, { msgType: '0', testReqId });
}

/** The owner learns which of its messages was refused, if the store still has it. */
function receiveReject(state: SessionState, effects: SessionEffect[], refused: Reject): void {
  let message: ApplicationMessage | undefined;
  for (const { bytes } of state.store.read(refused.refSeqNum, refused.refSeqNum)) {
    if (state.config.delivery === 'typed') message = readStored(bytes);
  }
  effects.push({ kind: 'rejected', reject: refused, message });
}

function receiveGapFill(
  state: SessionState,
  effects: SessionEffect[],
  { inbound, reset }: { inbound: Inbound; reset: SequenceReset },
): void {
  const { newSeqNo } = reset;
  if (newSeqNo <= inbound.view.msgSeqNum || newSeqNo > SEQUENCE_MAX) {
    rejectValue(state, effects, { inbound, tag: Tag.newSeqNo });
    return;
  }
  skipTo(state, newSeqNo);
}
