/** A store in memory, for a session whose owner rebuilds it by replaying its own input log. */
import { invariant } from '#engine';
import { type ByteRing, createByteRing } from './byte-ring.ts';
import { createRetained, type Retained } from './retained.ts';
import { type SentStore, STORED_MESSAGES_MAX } from './store.ts';

export type MemoryStore = SentStore & {
  /** Below the present number every message is forgotten: it is gap-filled when asked for. */
  setNextSenderSeq(msgSeqNum: number): void;
  /** All there is to know of it: a snapshot holds this, and the store goes by what is in it. */
  readonly data: {
    nextSender: number;
    nextTarget: number;
    period: number;
    /** Where each message lies in the ring. */
    messages: Retained<number>['data'];
    ring: ByteRing['data'];
  };
};

/** Keeps the latest `messagesMax` application messages; a request for older ones is gap-filled. */
export function memoryStore({ messagesMax = STORED_MESSAGES_MAX } = {}): MemoryStore {
  const ring = createByteRing();
  const messages = createRetained<number>(messagesMax);
  const data: MemoryStore['data'] = {
    ...{ nextSender: 1, nextTarget: 1, period: 0 },
    ...{ messages: messages.data, ring: ring.data },
  };
  return {
    data,
    nextSenderSeq: () => data.nextSender,
    nextTargetSeq: () => data.nextTarget,
    append(msgSeqNum, bytes, administrative) {
      invariant(msgSeqNum === data.nextSender, 'messages are stored in the order of their numbers');
      data.nextSender++;
      if (!administrative) messages.add(msgSeqNum, ring.add(bytes, messages.oldest()));
    },
    setNextTargetSeq(msgSeqNum) {
      data.nextTarget = msgSeqNum;
    },
    setNextSenderSeq(msgSeqNum) {
      if (msgSeqNum < data.nextSender) messages.clear();
      data.nextSender = msgSeqNum;
    },
    reset(period = data.period) {
      data.period = period;
      data.nextSender = 1;
      data.nextTarget = 1;
      messages.clear();
    },
    period: () => data.period,
    *read(from, to) {
      for (const [msgSeqNum, position] of messages.range(from, to)) {
        yield { msgSeqNum, bytes: ring.at(position) };
      }
    },
    commit() {},
    *history() {
      for (const [, position] of messages.range(1, data.nextSender)) yield ring.at(position);
    },
  };
}
