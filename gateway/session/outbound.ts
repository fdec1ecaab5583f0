/** Numbers, stores and sends messages. */
import { OutriderError } from '#engine';
import { MESSAGE_BYTES_MAX } from '#native';
import { encodeMessage, encodeWhole, type FixHeader } from '../fix/codec.ts';
import type { AdministrativeMessage, ApplicationMessage } from '../fix/message.ts';
import type { RawField, WholeMessage } from '../fix/raw-field.ts';
import { formatUtcTimestamp } from '../fix/timestamp.ts';
import type { SessionEffect } from './event.ts';
import type { SessionState } from './state.ts';

/** What a resent message carries more than its first sending: PossDupFlag and OrigSendingTime. */
const RESEND_BYTES = 32;

/** Numbers and sends a message of the session, with further header fields if it has some. */
export function sendAdministrative(
  state: SessionState,
  effects: SessionEffect[],
  { further, ...message }: AdministrativeMessage & { further?: readonly RawField[] },
): void {
  const msgSeqNum = state.store.nextSenderSeq();
  const bytes = encodeMessage(headerOf(state, msgSeqNum), message, further);
  state.store.append(msgSeqNum, bytes, true);
  transmit(state, effects, bytes);
}

/** Numbers and stores a message of the owner; it leaves now if the session is active. */
export function sendApplication(
  state: SessionState,
  effects: SessionEffect[],
  message: ApplicationMessage,
): void {
  const header = headerOf(state, state.store.nextSenderSeq());
  storeAndTransmit(state, effects, encodeMessage(header, message));
}

/** The same for a message of any type. */
export function sendWhole(
  state: SessionState,
  effects: SessionEffect[],
  message: WholeMessage,
): void {
  const header = headerOf(state, state.store.nextSenderSeq());
  storeAndTransmit(state, effects, encodeWhole(header, message));
}

function storeAndTransmit(state: SessionState, effects: SessionEffect[], bytes: Buffer): void {
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
