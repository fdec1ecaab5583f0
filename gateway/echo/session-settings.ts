/** A session as QuickFIX's settings describe it, by their names and with their defaults. */
import { z } from 'zod';
import { OutriderError, SECOND_NS } from '#engine';
import { readSchedule } from '../calendar/read-schedule.ts';
import type { SessionSchedule } from '../calendar/schedule.ts';
import { validateMessage } from '../fix/dictionary/validate.ts';
import { type Credentials, type SessionConfig, sessionConfig } from '../session/config.ts';

/** `Y` or `N`, as QuickFIX writes it, or a boolean of JSON. */
const flag = (normal: boolean) =>
  z
    .union([z.boolean(), z.enum(['Y', 'N'])])
    .default(normal)
    .transform(value => value === true || value === 'Y');

/** A number, or its digits as a text. */
const count = (normal: number, maximum: number) =>
  z
    .union([z.number(), z.string().regex(/^\d{1,9}$/)])
    .default(normal)
    .transform(Number)
    .pipe(z.int().min(0).max(maximum));

const positive = (normal: number, maximum: number) =>
  count(normal, maximum).refine(value => value > 0, 'give 1 or more');

const compId = z.string().regex(/^[\x20-\x7e]{1,64}$/, 'give 1 to 64 printable ASCII characters');

export const sessionSettingsSchema = z.object({
  BeginString: z.literal('FIX.4.4').default('FIX.4.4'),
  SenderCompID: compId,
  TargetCompID: compId,
  HeartBtInt: count(30, 3_600),
  ResetOnLogon: flag(false),
  ResetOnLogout: flag(false),
  ResetOnDisconnect: flag(false),
  CheckCompID: flag(true),
  CheckLatency: flag(true),
  MaxLatency: positive(120, 86_400),
  LogonTimeout: positive(10, 3_600),
  LogoutTimeout: positive(2, 3_600),
  UseDataDictionary: flag(true),
  ValidateIncomingMessage: flag(true),
  ValidateFieldsOutOfOrder: flag(true),
  ValidateFieldsHaveValues: flag(true),
  ValidateUserDefinedFields: flag(true),
  ValidateUnorderedGroupFields: flag(true),
  AllowUnknownMsgFields: flag(false),
  ValidateSequenceNumbers: flag(true),
  RequiresOrigSendingTime: flag(true),
  ClosedResendInterval: flag(false),
  ResendRequestChunkSize: count(0, 1_000_000),
  EnableNextExpectedMsgSeqNum: flag(false),
  NonStopSession: flag(false),
  TimeZone: z.string().min(1).default('UTC'),
  StartTime: z.string().optional(),
  EndTime: z.string().optional(),
  StartDay: z.string().optional(),
  EndDay: z.string().optional(),
  Weekdays: z.string().optional(),
  Username: z.string().min(1).optional(),
  Password: z.string().min(1).optional(),
});

export type SessionSettings = z.infer<typeof sessionSettingsSchema>;

/** Names the settings that are not known, as QuickFIX ignores them. */
export function unknownSettings(given: object, further: readonly string[] = []): string[] {
  const known = new Set([...Object.keys(sessionSettingsSchema.shape), ...further]);
  return Object.keys(given).filter(name => !known.has(name));
}

/** Throws `bad-config`, naming setting, value and remedy, for settings that cannot work. */
export function readSessionSettings(given: object): SessionSettings {
  const read = sessionSettingsSchema.safeParse(given);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const name = issue!.path.join('.');
  const value = (given as Record<string, unknown>)[name];
  const said = value === undefined ? 'missing' : shown(name, value);
  throw new OutriderError('bad-config', `${name}: ${said}; ${issue!.message}`);
}

/** Errors are read by more people than passwords are for. */
function shown(name: string, value: unknown): string {
  return name === 'Password' ? '***' : JSON.stringify(value);
}

/** An acceptor that behaves as these settings say, in QuickFIX's manners. */
export function acceptorConfig(settings: SessionSettings, originNs: bigint): SessionConfig {
  const latency = settings.MaxLatency * SECOND_NS;
  const isValidated = settings.UseDataDictionary && settings.ValidateIncomingMessage;
  const rules = {
    validateFieldsOutOfOrder: settings.ValidateFieldsOutOfOrder,
    validateFieldsHaveValues: settings.ValidateFieldsHaveValues,
    validateUserDefinedFields: settings.ValidateUserDefinedFields,
    validateUnorderedGroupFields: settings.ValidateUnorderedGroupFields,
    allowUnknownMsgFields: settings.AllowUnknownMsgFields,
  };
  return sessionConfig({
    role: 'acceptor',
    originNs,
    senderCompId: settings.SenderCompID,
    targetCompId: settings.TargetCompID,
    heartbeatNs: settings.HeartBtInt * SECOND_NS,
    resetOnLogon: settings.ResetOnLogon,
    resetOnLogout: settings.ResetOnLogout,
    resetOnDisconnect: settings.ResetOnDisconnect,
    checksCompIds: settings.CheckCompID,
    sendingTimeToleranceNs: settings.CheckLatency ? latency : FOREVER_NS,
    logonTimeoutNs: settings.LogonTimeout * SECOND_NS,
    logoutTimeoutNs: settings.LogoutTimeout * SECOND_NS,
    validate: isValidated ? view => validateMessage(view, rules) : undefined,
    checksSequenceNumbers: settings.ValidateSequenceNumbers,
    requiresOrigSendingTime: settings.RequiresOrigSendingTime,
    closedResendInterval: settings.ClosedResendInterval,
    resendRequestChunk: settings.ResendRequestChunkSize,
    nextExpectedMsgSeqNum: settings.EnableNextExpectedMsgSeqNum,
    schedule: scheduleOf(settings),
    credentials: credentialsOf(settings),
    delivery: 'whole',
    manners: 'quickfix',
  });
}

const FOREVER_NS = Number.MAX_SAFE_INTEGER;

const SCHEDULE_NAMES = {
  ...{ timeZone: 'TimeZone', start: 'StartTime', end: 'EndTime' },
  ...{ startDay: 'StartDay', endDay: 'EndDay', weekdays: 'Weekdays' },
};

function scheduleOf(settings: SessionSettings): SessionSchedule | undefined {
  const { NonStopSession, TimeZone, StartTime, EndTime, StartDay, EndDay, Weekdays } = settings;
  if (NonStopSession) return undefined;
  const days = { startDay: StartDay, endDay: EndDay, weekdays: Weekdays };
  return readSchedule(
    { timeZone: TimeZone, start: StartTime, end: EndTime, ...days },
    SCHEDULE_NAMES,
  );
}

function credentialsOf({ Username, Password }: SessionSettings): Credentials | undefined {
  if (Username === undefined && Password === undefined) return undefined;
  if (Username === undefined || Password === undefined) {
    throw new OutriderError('bad-config', 'Username and Password: one is missing; give both');
  }
  return { username: Username, password: Password };
}
