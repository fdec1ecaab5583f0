/** Everything a session knows; plain data apart from its store. */
import { invariant, type Nanoseconds } from '#engine';
import type { FixHeader } from '../fix/codec.ts';
import type { FieldProblem, FixView } from '../fix/parse.ts';
import type { SessionConfig } from './config.ts';
import type { SentStore } from './store.ts';

export type SessionStatus =
  | 'disconnected'
  /** Acceptor: connected, the initiator has not logged on yet. */
  | 'awaiting-logon'
  /** Initiator: Logon sent, not answered yet. */
  | 'logon-sent'
  | 'active'
  /** Logout sent, not answered yet: what still arrives is processed. */
  | 'logout-sent'
  /** The other side's Logout answered: it should close now. */
  | 'logout-answered';

/** A message with its header; `problem` is what a Reject would say. */
export type Inbound = { view: FixView; header: FixHeader; problem: FieldProblem | undefined };

/** Messages missing from the other side, and those that came behind them. */
export type Gap = {
  /** Numbers up to here have been asked for. */
  requestedThrough: number;
  /** The highest number seen. */
  highest: number;
  deadlineNs: Nanoseconds;
  /** `done` marks a message that was processed out of order, as the FIX rules ask. */
  queue: Map<number, { inbound: Inbound; done: boolean }>;
  queuedBytes: number;
};

/** The rest of an answer to a ResendRequest. */
export type Resend = { next: number; through: number; dueNs: Nanoseconds };

export type SessionCounters = {
  garbled: number;
  rejected: number;
  duplicates: number;
  /** Malformed Rejects, which no Reject may answer. */
  ignoredRejects: number;
  /** Messages behind a gap that found no room and were asked for again. */
  gapQueueDropped: number;
  /** Numbers that a SequenceReset skipped outright. */
  skippedByReset: number;
};

export type SessionState = {
  readonly config: SessionConfig;
  readonly store: SentStore;
  readonly counters: SessionCounters;
  status: SessionStatus;
  /** Time of the latest event. */
  nowNs: Nanoseconds;
  heartbeatNs: Nanoseconds;
  lastSentNs: Nanoseconds;
  lastReceivedNs: Nanoseconds;
  /** When the TestRequest went out that nothing has answered yet. */
  testRequestNs: Nanoseconds | undefined;
  /** Of a logon or logout under way. */
  deadlineNs: Nanoseconds;
  /** The wake-up announced and not yet come; infinity when there is none. */
  announcedNs: Nanoseconds;
  /** First message numbered after our Logon went out and before it was answered. */
  unsentFrom: number | undefined;
  /** The next Logon begins both numbers at 1 (141=Y), until one is taken. */
  resetsNext: boolean;
  /** When the schedule ends the session; infinity without one. */
  periodEndNs: Nanoseconds;
  gap: Gap | undefined;
  resend: Resend | undefined;
};

/** A disconnected session on a store that may already hold numbers and messages. */
export function newSession(config: SessionConfig, store: SentStore): SessionState {
  return {
    config,
    store,
    counters: {
      garbled: 0,
      rejected: 0,
      duplicates: 0,
      ignoredRejects: 0,
      gapQueueDropped: 0,
      skippedByReset: 0,
    },
    status: 'disconnected',
    nowNs: Number.MIN_SAFE_INTEGER,
    heartbeatNs: config.heartbeatNs,
    lastSentNs: 0,
    lastReceivedNs: 0,
    testRequestNs: undefined,
    deadlineNs: 0,
    announcedNs: Number.POSITIVE_INFINITY,
    unsentFrom: undefined,
    resetsNext: false,
    periodEndNs: Number.POSITIVE_INFINITY,
    gap: undefined,
    resend: undefined,
  };
}

/** Each event has its time, and so has a message that the owner encodes. */
export function advanceTo(state: SessionState, timeNs: Nanoseconds): void {
  invariant(timeNs >= state.nowNs, 'time never runs backwards in a session');
  state.nowNs = timeNs;
}
