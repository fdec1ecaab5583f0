/** Answers a ResendRequest: application messages again, everything else as one gap fill a run. */
import { invariant } from '#engine';
import { decodeMessage, encodeAgain, encodeMessage } from '../fix/codec.ts';
import { type ApplicationMessage, isApplication } from '../fix/message.ts';
import { type FixView, fieldText, parseMessage } from '../fix/parse.ts';
import { Tag } from '../fix/tag.ts';
import { parseUtcTimestamp } from '../fix/timestamp.ts';
import type { SessionEffect } from './event.ts';
import { headerOf, transmit } from './outbound.ts';
import type { SessionState } from './state.ts';
import type { StoredMessage } from './store.ts';

/** Begins to resend [from, through]; an answer still under way is widened to cover both. */
export function startResend(
  state: SessionState,
  effects: SessionEffect[],
  { from, through }: { from: number; through: number },
): void {
  const { resend } = state;
  state.resend = {
    next: resend === undefined ? from : Math.min(resend.next, from),
    through: resend === undefined ? through : Math.max(resend.through, through),
    dueNs: state.nowNs,
  };
  continueResend(state, effects);
}

/** Resends as many messages as one step may; the rest waits for `resend.dueNs`. */
export function continueResend(state: SessionState, effects: SessionEffect[]): void {
  const resend = state.resend!;
  const { resendMessagesPerStep, resendPauseNs } = state.config;
  let filledFrom = resend.next;
  let looked = 0;
  for (const stored of state.store.read(resend.next, resend.through)) {
    if (looked++ === resendMessagesPerStep) {
      gapFill(state, effects, { from: filledFrom, to: stored.msgSeqNum });
      resend.next = stored.msgSeqNum;
      resend.dueNs = state.nowNs + resendPauseNs;
      return;
    }
    const bytes = resent(state, effects, stored);
    if (bytes === undefined) continue;
    gapFill(state, effects, { from: filledFrom, to: stored.msgSeqNum });
    transmit(state, effects, bytes);
    filledFrom = stored.msgSeqNum + 1;
  }
  gapFill(state, effects, { from: filledFrom, to: resend.through + 1 });
  state.resend = undefined;
}

/** The message as it goes out again, or undefined when the policy keeps it back. */
function resent(
  state: SessionState,
  effects: SessionEffect[],
  { msgSeqNum, bytes }: StoredMessage,
): Buffer | undefined {
  const { originNs, resendPolicy } = state.config;
  const view = viewStored(bytes);
  const origSendingTime = fieldText(view, Tag.sendingTime)!;
  if (resendPolicy !== undefined) {
    const message = readStored(bytes);
    const sentNs = parseUtcTimestamp(origSendingTime, originNs)!;
    if (resendPolicy({ msgSeqNum, sentNs, message }, state.nowNs) === 'gap-fill') {
      effects.push({ kind: 'withheld', msgSeqNum, message });
      return undefined;
    }
  }
  const possResend = fieldText(view, Tag.possResend) === 'Y';
  const header = { ...headerOf(state, msgSeqNum), possDup: true, possResend, origSendingTime };
  return encodeAgain(header, view);
}

function viewStored(bytes: Uint8Array): FixView {
  const view = parseMessage(bytes);
  invariant(view.kind === 'view', 'a stored message is whole');
  return view;
}

/** What the gateway stored it encoded itself, so it can be read. */
export function readStored(bytes: Uint8Array): ApplicationMessage {
  const { message } = decodeMessage(viewStored(bytes));
  invariant(message !== undefined && isApplication(message), 'a stored message is well formed');
  return message;
}

/** Declares the numbers [from, to) as not worth resending; nothing when there are none. */
function gapFill(
  state: SessionState,
  effects: SessionEffect[],
  { from, to }: { from: number; to: number },
): void {
  if (from >= to) return;
  const header = headerOf(state, from);
  const possDup = { possDup: true, origSendingTime: header.sendingTime };
  transmit(
    state,
    effects,
    encodeMessage({ ...header, ...possDup }, { msgType: '4', newSeqNo: to, gapFillFlag: true }),
  );
}
