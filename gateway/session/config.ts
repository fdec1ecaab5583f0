/** What two sides of a session agree on beforehand, and the bound of every wait and queue. */
import { MILLISECOND_NS, type Nanoseconds, OutriderError, SECOND_NS } from '#engine';
import type { SessionSchedule } from '../calendar/schedule.ts';
import type { Verdict } from '../fix/dictionary/validate.ts';
import type { ApplicationMessage } from '../fix/message.ts';
import type { FixView } from '../fix/parse.ts';

/** A stored message that the other side asks for again. */
export type ResendCandidate = {
  msgSeqNum: number;
  /** SendingTime of its first sending, to the millisecond. */
  sentNs: Nanoseconds;
  message: ApplicationMessage;
};

export type Credentials = { username: string; password: string };

export type ResendPolicy = (
  candidate: ResendCandidate,
  nowNs: Nanoseconds,
) => 'resend' | 'gap-fill';

export type SessionConfig = {
  role: 'initiator' | 'acceptor';
  senderCompId: string;
  targetCompId: string;
  /** Unix nanoseconds of time 0, a whole number of milliseconds. */
  originNs: bigint;
  /** Whole seconds; an acceptor takes the initiator's instead. 0 means no heartbeats. */
  heartbeatNs: Nanoseconds;
  /** Numbers begin at 1 with each logon: what was missed is lost. */
  resetOnLogon: boolean;
  /** Numbers begin at 1 again when a Logout was answered. */
  resetOnLogout: boolean;
  /** Numbers begin at 1 again when a connection ends. */
  resetOnDisconnect: boolean;
  /** How far SendingTime may lie from the time of receipt. */
  sendingTimeToleranceNs: Nanoseconds;
  /** From connection to a complete logon. */
  logonTimeoutNs: Nanoseconds;
  /** From Logout to the other side's answer or close. */
  logoutTimeoutNs: Nanoseconds;
  /** Without progress in a gap. */
  gapTimeoutNs: Nanoseconds;
  /** Messages held behind a gap, with GAP_ENTRY_BYTES each; beyond, they are asked for again. */
  gapQueueBytesMax: number;
  /** Stored messages looked at in one step of an answer to a ResendRequest. */
  resendMessagesPerStep: number;
  /** Between two such steps. */
  resendPauseNs: Nanoseconds;
  /** Must be a pure function; what it keeps back is reported as `withheld`. */
  resendPolicy: ResendPolicy | undefined;
  /** Messages asked for at a time; 0 asks for a whole gap at once. */
  resendRequestChunk: number;
  /** Username and Password (553, 554): an initiator says them, an acceptor asks for them. */
  credentials: Credentials | undefined;
  /** A ResendRequest ends with the number before the gap's end, not with 0, which is infinity. */
  closedResendInterval: boolean;
  /** Each Logon says the number expected next (789), and the other side resends unasked. */
  nextExpectedMsgSeqNum: boolean;
  /** Undefined: the session may stand at any time and its numbers go on for ever. */
  schedule: SessionSchedule | undefined;
  checksCompIds: boolean;
  /** Otherwise numbers are counted and every message is processed as it comes. */
  checksSequenceNumbers: boolean;
  /** A PossDup without OrigSendingTime is rejected. */
  requiresOrigSendingTime: boolean;
  /** A pure function: what is wrong with a message by a dictionary. */
  validate: ((view: FixView) => Verdict) | undefined;
  /** `whole`: messages of every type are delivered as they came, `typed`: those of the gateway. */
  delivery: 'typed' | 'whole';
  /**
   * `quickfix` chooses as QuickFIX does where the rules leave a choice: TestReqID is TEST, no
   * heartbeat leaves while a TestRequest waits, a refused side has time to answer the Logout, which
   * says nothing a Reject has said, a Logout is answered whatever its number and ends the
   * connection, so does a second Logon, and a wrong BodyLength costs all bytes it claims.
   */
  manners: 'plain' | 'quickfix';
};

type Required = 'role' | 'senderCompId' | 'targetCompId' | 'originNs';

const DEFAULTS: Omit<SessionConfig, Required> = {
  heartbeatNs: 30 * SECOND_NS,
  resetOnLogon: false,
  resetOnLogout: false,
  resetOnDisconnect: false,
  sendingTimeToleranceNs: 120 * SECOND_NS,
  logonTimeoutNs: 10 * SECOND_NS,
  logoutTimeoutNs: 2 * SECOND_NS,
  gapTimeoutNs: 30 * SECOND_NS,
  gapQueueBytesMax: 4 * 1024 * 1024,
  resendMessagesPerStep: 1_000,
  resendPauseNs: MILLISECOND_NS,
  resendPolicy: undefined,
  resendRequestChunk: 0,
  closedResendInterval: true,
  nextExpectedMsgSeqNum: false,
  credentials: undefined,
  schedule: undefined,
  checksCompIds: true,
  checksSequenceNumbers: true,
  requiresOrigSendingTime: true,
  validate: undefined,
  delivery: 'typed',
  manners: 'plain',
};

/** HeartBtInt (108) of either side is at most this. */
export const HEARTBEAT_SECONDS_MAX = 3_600;

/** Fills in the defaults; throws `bad-config` for a field that cannot work. */
export function sessionConfig(
  given: Pick<SessionConfig, Required> & Partial<SessionConfig>,
): SessionConfig {
  const config = { ...DEFAULTS, ...given };
  for (const field of ['senderCompId', 'targetCompId'] as const) {
    const value = config[field];
    if (!/^[\x20-\x7e]{1,64}$/.test(value)) {
      throw badConfig(field, value, 'give 1 to 64 printable ASCII characters');
    }
  }
  const seconds = config.heartbeatNs / SECOND_NS;
  if (!(Number.isSafeInteger(seconds) && seconds >= 0 && seconds <= HEARTBEAT_SECONDS_MAX)) {
    throw badConfig('heartbeatNs', config.heartbeatNs, 'give whole seconds up to an hour');
  }
  if (config.originNs < 0n || config.originNs % BigInt(MILLISECOND_NS) !== 0n) {
    throw badConfig('originNs', config.originNs, 'give whole milliseconds since 1970');
  }
  if (!(Number.isSafeInteger(config.resendRequestChunk) && config.resendRequestChunk >= 0)) {
    throw badConfig('resendRequestChunk', config.resendRequestChunk, 'give a number from 0 on');
  }
  for (const field of POSITIVE) {
    const value = config[field];
    if (!(Number.isSafeInteger(value) && value > 0)) {
      throw badConfig(field, value, 'give a whole number above 0');
    }
  }
  return config;
}

const POSITIVE = [
  'sendingTimeToleranceNs',
  'logonTimeoutNs',
  'logoutTimeoutNs',
  'gapTimeoutNs',
  'gapQueueBytesMax',
  'resendMessagesPerStep',
  'resendPauseNs',
] as const;

function badConfig(field: string, value: string | number | bigint, remedy: string): OutriderError {
  return new OutriderError('bad-config', `session.${field}: ${value} will not do; ${remedy}`);
}
