/** What happens to a session and what it wants done about it. */
import type { Nanoseconds } from '#engine';
import type { FixHeader } from '../fix/codec.ts';
import type { GarbageReason } from '../fix/framer.ts';
import type { ApplicationMessage } from '../fix/message.ts';
import type { FixView } from '../fix/parse.ts';
import type { WholeMessage } from '../fix/raw-field.ts';
import type { Reject } from '../fix/reject.ts';

/** Times never run backwards; the bytes sent are a function of state and events alone. */
export type SessionEvent =
  /** A connection stands; at most one at a time. */
  | { kind: 'connected'; timeNs: Nanoseconds }
  | { kind: 'disconnected'; timeNs: Nanoseconds }
  /** One message as the framer cut it. */
  | { kind: 'message'; timeNs: Nanoseconds; bytes: Uint8Array }
  | { kind: 'garbage'; timeNs: Nanoseconds; reason: GarbageReason }
  /** The due time announced has come; too early or too late does no harm. */
  | { kind: 'timer'; timeNs: Nanoseconds }
  /**
   * Numbered and stored at once, whatever the status; without a session it stays unsent until the
   * next logon, where `resendPolicy` decides about it.
   */
  | { kind: 'send'; timeNs: Nanoseconds; message: ApplicationMessage }
  /** The same for a message of any type. */
  | { kind: 'send-whole'; timeNs: Nanoseconds; message: WholeMessage }
  | { kind: 'logout'; timeNs: Nanoseconds; text?: string }
  /**
   * People of both sides agreed on other numbers: a connection ends. With `resets` the next Logon
   * begins both at 1; otherwise the owner sets its store.
   */
  | { kind: 'renumber'; timeNs: Nanoseconds; resets: boolean };

/** To be done in order; see SentStore about when to commit. */
export type SessionEffect =
  | { kind: 'send'; bytes: Buffer }
  /** Each message of the other side once, in the order of their numbers. */
  | { kind: 'deliver'; header: FixHeader; message: ApplicationMessage }
  /** The same where `delivery` is whole. */
  | { kind: 'deliver-whole'; header: FixHeader; view: FixView }
  /** The other side refused a message of ours; `message` is there if it was the owner's. */
  | { kind: 'rejected'; reject: Reject; message: ApplicationMessage | undefined }
  /** The policy filled a gap instead of resending: the other side may or may not have this. */
  | { kind: 'withheld'; msgSeqNum: number; message: ApplicationMessage }
  | { kind: 'logged-on' }
  /** Wake the session then with one timer event, instead of the later time announced before. */
  | { kind: 'timer'; dueNs: Nanoseconds }
  /** Close the connection after the bytes before; the session is already disconnected. */
  | { kind: 'disconnect'; reason: DisconnectReason; text: string };

export type DisconnectReason =
  | 'logged-out'
  | 'renumbered'
  | 'logout-timeout'
  | 'logon-refused'
  | 'malformed-logon'
  | 'logon-timeout'
  | 'outside-schedule'
  | 'not-a-logon'
  | 'wrong-begin-string'
  | 'wrong-comp-id'
  | 'sending-time'
  | 'sequence-missing'
  | 'sequence-too-low'
  | 'gap-timeout'
  | 'heartbeat-timeout';
