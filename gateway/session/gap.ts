/** Missing messages: asks for them once, holds what came behind them, and takes it up in order. */
import type { SessionEffect } from './event.ts';
import { sendAdministrative } from './outbound.ts';
import type { Gap, Inbound, SessionState } from './state.ts';

/** What an entry of the queue costs beside its bytes. */
export const GAP_ENTRY_BYTES = 400;

/**
 * A message came whose number is too high; `done` when it was processed nevertheless, `isAskedFor`
 * when the other side resends what is missing unasked.
 */
export function holdBehindGap(
  state: SessionState,
  effects: SessionEffect[],
  { inbound, done, isAskedFor }: { inbound: Inbound; done: boolean; isAskedFor?: boolean },
): void {
  const { msgSeqNum, bytes } = inbound.view;
  const gap = state.gap ?? openGap(state, msgSeqNum);
  if (isAskedFor) gap.requestedThrough = msgSeqNum - 1;
  if (gap.requestedThrough === 0) {
    const from = state.store.nextTargetSeq();
    requestResend(state, effects, { gap, from, through: msgSeqNum - 1 });
  }
  gap.highest = Math.max(gap.highest, msgSeqNum);
  if (gap.queue.has(msgSeqNum)) return;
  const entryBytes = bytes.length + GAP_ENTRY_BYTES;
  if (gap.queuedBytes + entryBytes > state.config.gapQueueBytesMax) {
    state.counters.gapQueueDropped++;
    return;
  }
  gap.queue.set(msgSeqNum, { inbound, done });
  gap.queuedBytes += entryBytes;
}

/** The next expected message, out of the queue and counted as received, if it is there. */
export function takeNext(state: SessionState): { inbound: Inbound; done: boolean } | undefined {
  const { gap, store } = state;
  const next = store.nextTargetSeq();
  const entry = gap?.queue.get(next);
  if (gap === undefined || entry === undefined) return undefined;
  removeEntry(gap, next);
  store.setNextTargetSeq(next + 1);
  return entry;
}

/** Numbers below `msgSeqNum` are no longer wanted. */
export function skipTo(state: SessionState, msgSeqNum: number): void {
  state.store.setNextTargetSeq(msgSeqNum);
  const { gap } = state;
  if (gap === undefined) return;
  for (const queued of gap.queue.keys()) if (queued < msgSeqNum) removeEntry(gap, queued);
}

/** After progress: closes the gap, waits on, or asks for what a full queue had to drop. */
export function settleGap(state: SessionState, effects: SessionEffect[]): void {
  const { gap } = state;
  if (gap === undefined) return;
  const next = state.store.nextTargetSeq();
  gap.deadlineNs = state.nowNs + state.config.gapTimeoutNs;
  if (next <= gap.requestedThrough) return;
  if (next > gap.highest) {
    // With it goes what waited under a number that came once more, behind a message refused.
    state.gap = undefined;
    return;
  }
  let end = gap.highest;
  for (const queued of gap.queue.keys()) end = Math.min(end, queued - 1);
  requestResend(state, effects, { gap, from: next, through: end });
}

function openGap(state: SessionState, msgSeqNum: number): Gap {
  const gap: Gap = {
    requestedThrough: 0,
    highest: msgSeqNum,
    deadlineNs: state.nowNs + state.config.gapTimeoutNs,
    queue: new Map(),
    queuedBytes: 0,
  };
  state.gap = gap;
  return gap;
}

function requestResend(
  state: SessionState,
  effects: SessionEffect[],
  { gap, from, through }: { gap: Gap; from: number; through: number },
): void {
  const { resendRequestChunk: chunk, closedResendInterval } = state.config;
  const end = chunk === 0 ? through : Math.min(through, from + chunk - 1);
  gap.requestedThrough = end;
  const endSeqNo = end === through && !closedResendInterval ? 0 : end;
  sendAdministrative(state, effects, { msgType: '2', beginSeqNo: from, endSeqNo });
}

function removeEntry(gap: Gap, msgSeqNum: number): void {
  const entry = gap.queue.get(msgSeqNum)!;
  gap.queuedBytes -= entry.inbound.view.bytes.length + GAP_ENTRY_BYTES;
  gap.queue.delete(msgSeqNum);
}
