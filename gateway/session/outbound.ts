/** Numbers, stores and sends messages, and ends connections. */
import { OutriderError } from '#engine';
import { encodeMessage, type FixHeader } from '../fix/codec.ts';
import { MESSAGE_BYTES_MAX } from '../fix/field-writer.ts';
import type { AdministrativeMessage, ApplicationMessage } from '../fix/message.ts';
import { formatUtcTimestamp } from '../fix/timestamp.ts';
import type { DisconnectReason, SessionEffect } from './event.ts';
import type { SessionState } from './state.ts';

/** What a resent message carries more than its first sending: PossDupFlag and OrigSendingTime. */
const RESEND_BYTES = 32;

/** Numbers and sends a message of the session. */
export function sendAdministrative(
  state: SessionState,
  effects: SessionEffect[],
  message: AdministrativeMessage,
): void {
  const msgSeqNum = state.store.nextSenderSeq();
  const bytes = encodeMessage(headerOf(state, msgSeqNum), message);
  state.store.append(msgSeqNum, bytes, true);
  transmit(state, effects, bytes);
}

/** Numbers and stores a message of the owner; it leaves now if the session is active. */
export function sendApplication(
  state: SessionState,
  effects: SessionEffect[],
  message: ApplicationMessage,
): void {
  const msgSeqNum = state.store.nextSenderSeq();
  const bytes = encodeMessage(headerOf(state, msgSeqNum), message);
  if (bytes.length > MESSAGE_BYTES_MAX - RESEND_BYTES) {
    throw new OutriderError('limit', `FIX message of ${bytes.length} bytes; shorten its texts`);
  }
  if (storeNumbered(state, bytes)) transmit(state, effects, bytes);
}

/**
 * Stores a message that the owner encoded with the number `nextSenderSeq` and the session's time;
 * true if it leaves now. The bytes may be a view that is valid for this call.
 */
export function sendEncoded(state: SessionState, bytes: Uint8Array): boolean {
  const leaves = storeNumbered(state, bytes);
  if (leaves) state.lastSentNs = state.nowNs;
  return leaves;
}

/** What cannot leave now stays unsent until the next logon. */
function storeNumbered(state: SessionState, bytes: Uint8Array): boolean {
  const msgSeqNum = state.store.nextSenderSeq();
  state.store.append(msgSeqNum, bytes, false);
  if (state.status === 'logon-sent') state.unsentFrom ??= msgSeqNum;
  return state.status === 'active';
}

/** Sends bytes that are already numbered. */
export function transmit(state: SessionState, effects: SessionEffect[], bytes: Buffer): void {
  state.lastSentNs = state.nowNs;
  effects.push({ kind: 'send', bytes });
}

export function headerOf(state: SessionState, msgSeqNum: number): FixHeader {
  const { senderCompId, targetCompId, originNs } = state.config;
  const sendingTime = formatUtcTimestamp(originNs, state.nowNs);
  return { msgSeqNum, senderCompId, sendingTime, targetCompId };
}

/** Says why, then closes: for breaches that a session does not survive. */
export function logoutAndDisconnect(
  state: SessionState,
  effects: SessionEffect[],
  { reason, text }: { reason: DisconnectReason; text: string },
): void {
  sendAdministrative(state, effects, { msgType: '5', text });
  disconnect(state, effects, { reason, text });
}

export function disconnect(
  state: SessionState,
  effects: SessionEffect[],
  { reason, text }: { reason: DisconnectReason; text: string },
): void {
  forgetConnection(state);
  effects.push({ kind: 'disconnect', reason, text });
}

/** What belongs to a connection goes with it; the numbers stay. */
export function forgetConnection(state: SessionState): void {
  state.status = 'disconnected';
  state.testRequestNs = undefined;
  state.unsentFrom = undefined;
  state.gap = undefined;
  state.resend = undefined;
}
