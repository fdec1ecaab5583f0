/** What a session remembers across connections: its numbers, and messages it may have to resend. */

export type StoredMessage = {
  msgSeqNum: number;
  /** As first sent; may be a view that is valid until the next message is read. */
  bytes: Uint8Array;
};

/**
 * The session changes its store while it steps and the owner calls `commit` once the step's
 * deliveries are processed and before its bytes are written: what is on the wire is stored, and a
 * message counts as received together with the answers it caused.
 */
export type SentStore = {
  /** Number of the next message sent, from 1 on. */
  nextSenderSeq(): number;
  /** Number of the next message expected, from 1 on. */
  nextTargetSeq(): number;
  /**
   * Stores the message with number `nextSenderSeq`; administrative ones keep only their number.
   * The bytes are copied: they may change after the call.
   */
  append(msgSeqNum: number, bytes: Uint8Array, administrative: boolean): void;
  setNextTargetSeq(msgSeqNum: number): void;
  /**
   * Both numbers 1 again, every message forgotten. `period` names the session that begins, by the
   * second in which its schedule lets it begin; without one the name stays.
   */
  reset(period?: number): void;
  /** The name given last; 0 for none. */
  period(): number;
  /** Application messages still held in [from, to], ascending; the rest is to be gap-filled. */
  read(from: number, to: number): Iterable<StoredMessage>;
  commit(): void;
  /**
   * All application messages ever committed, those before a reset too, the oldest first: as many as
   * the store keeps in full. The bytes are valid until the next is asked for.
   */
  history(): Iterable<Uint8Array>;
};

/** Application messages a store keeps unless told otherwise; older ones are gap-filled. */
export const STORED_MESSAGES_MAX = 100_000;
