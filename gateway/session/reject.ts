/** Refuses messages: a Reject for what is malformed, with a Logout for what ends the session. */
import type { FieldProblem } from '../fix/parse.ts';
import { reversedRoute } from '../fix/route.ts';
import { RejectReason, rejectText } from '../fix/tag.ts';
import { logoutForBreach } from './disconnect.ts';
import type { DisconnectReason, SessionEffect } from './event.ts';
import { sendAdministrative } from './outbound.ts';
import type { Inbound, SessionState } from './state.ts';

/** Longer ones are no MsgType of any FIX version; a Reject names what it can. */
const MSG_TYPE_CHARACTERS_MAX = 16;

/** Answers with a Reject, unless the message is one: two sides must never refuse in turns. */
export function reject(
  state: SessionState,
  effects: SessionEffect[],
  { inbound, problem }: { inbound: Inbound; problem: FieldProblem },
): void {
  const { msgType, msgSeqNum } = inbound.view;
  if (msgType === '3') {
    state.counters.ignoredRejects++;
    return;
  }
  state.counters.rejected++;
  const named = msgType.length > 0 && msgType.length <= MSG_TYPE_CHARACTERS_MAX;
  sendAdministrative(state, effects, {
    msgType: '3',
    further: reversedRoute(inbound.view),
    refSeqNum: msgSeqNum,
    text: problem.text ?? rejectText(problem.reason),
    refTagId: problem.tag,
    refMsgType: named ? msgType : undefined,
    sessionRejectReason: problem.reason,
  });
}

type Breach = {
  inbound: Inbound;
  problem: FieldProblem;
  reason: DisconnectReason;
  /** For our log alone. */
  aside?: string;
};

/** Reject and Logout: for a message from the wrong side or out of its time. */
export function rejectAndLogout(
  state: SessionState,
  effects: SessionEffect[],
  { inbound, aside = '', ...why }: Breach,
): void {
  const { store } = state;
  const next = store.nextTargetSeq();
  if (inbound.view.msgSeqNum === next) store.setNextTargetSeq(next + 1);
  reject(state, effects, { inbound, problem: why.problem });
  const text = rejectText(why.problem.reason);
  logoutForBreach(state, effects, { reason: why.reason, text, aside, isSaid: true });
}

/** Reject for one field with an impossible value. */
export function rejectValue(
  state: SessionState,
  effects: SessionEffect[],
  { inbound, tag }: { inbound: Inbound; tag: number | undefined },
): void {
  const problem = { reason: RejectReason.valueIncorrect, tag };
  reject(state, effects, { inbound, problem });
}
