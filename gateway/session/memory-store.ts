/** A store in memory, for a session whose owner rebuilds it by replaying its own input log. */
import { invariant } from '#engine';
import { createByteRing } from './byte-ring.ts';
import { createRetained } from './retained.ts';
import { type SentStore, STORED_MESSAGES_MAX } from './store.ts';

/** Keeps the latest `messagesMax` application messages; a request for older ones is gap-filled. */
export function memoryStore({ messagesMax = STORED_MESSAGES_MAX } = {}): SentStore {
  const ring = createByteRing();
  /** Where each message lies in the ring. */
  const messages = createRetained<number>(messagesMax);
  let nextSender = 1;
  let nextTarget = 1;
  let ofPeriod = 0;
  return {
    nextSenderSeq: () => nextSender,
    nextTargetSeq: () => nextTarget,
    append(msgSeqNum, bytes, administrative) {
      invariant(msgSeqNum === nextSender, 'messages are stored in the order of their numbers');
      nextSender++;
      if (!administrative) messages.add(msgSeqNum, ring.add(bytes, messages.oldest()));
    },
    setNextTargetSeq(msgSeqNum) {
      nextTarget = msgSeqNum;
    },
    reset(period = ofPeriod) {
      ofPeriod = period;
      nextSender = 1;
      nextTarget = 1;
      messages.clear();
    },
    period: () => ofPeriod,
    *read(from, to) {
      for (const [msgSeqNum, position] of messages.range(from, to)) {
        yield { msgSeqNum, bytes: ring.at(position) };
      }
    },
    commit() {},
    *history() {
      for (const [, position] of messages.range(1, nextSender)) yield ring.at(position);
    },
  };
}
