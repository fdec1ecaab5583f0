/** Options of the desk's FIX session before a venue elsewhere, and what they mean to it. */
import { z } from 'zod';
import { OutriderError } from '#engine';
import { MASKED_CREDENTIALS, readSchedule, type SessionTerms } from '#gateway';

const time = z.string().max(8).meta({ form: 'HH:MM:SS' }).optional();
const day = z.string().max(9).meta({ form: 'DAY' }).optional();

/** None has a default, so that a log begun without them says nothing of them. */
export const sessionOptions = {
  credentialsFile: z
    .string()
    .min(1)
    .meta({ form: 'FILE' })
    .optional()
    .describe('JSON with Username and Password of the FIX Logon [none]'),
  nextExpectedMsgSeqNum: z
    .boolean()
    .optional()
    .describe('FIX 789 in the Logon, where the venue has it too: what is missing comes unasked'),
  resendRequestChunk: z
    .int()
    .min(0)
    .max(1_000_000)
    .optional()
    .describe('messages asked for in one FIX ResendRequest; 0: a whole gap at once [0]'),
  sessionStart: time.describe('of the FIX session’s hours, with --session-end [no hours]'),
  sessionEnd: time.describe('of its hours; one not after the start is a day, or a week, later'),
  sessionTimeZone: z
    .string()
    .min(1)
    .max(64)
    .meta({ form: 'ZONE' })
    .optional()
    .describe('of its hours, an IANA name such as Europe/London [UTC]'),
  sessionStartDay: day.describe('makes it one session a week from this day on [one a day]'),
  sessionEndDay: day.describe('of a session a week'),
  sessionWeekdays: z
    .string()
    .max(80)
    .meta({ form: 'DAY,...' })
    .optional()
    .describe('on which a session of a day may begin: Mon,Tue [all]'),
};

export type SessionOptions = z.output<z.ZodObject<typeof sessionOptions>>;

const NAMES = Object.keys(sessionOptions) as (keyof SessionOptions)[];
export const SESSION_OPTION_NAMES: readonly (keyof SessionOptions)[] = NAMES;

const SCHEDULE_NAMES = {
  ...{ timeZone: 'sessionTimeZone', start: 'sessionStart', end: 'sessionEnd' },
  ...{ startDay: 'sessionStartDay', endDay: 'sessionEndDay', weekdays: 'sessionWeekdays' },
} as const;

const BESIDE_HOURS = ['timeZone', 'startDay', 'endDay', 'weekdays'] as const;

/** Throws `bad-config` for hours that cannot be. */
function scheduleOf(options: SessionOptions): SessionTerms['schedule'] {
  const texts = {
    ...{ timeZone: options.sessionTimeZone, weekdays: options.sessionWeekdays },
    ...{ start: options.sessionStart, end: options.sessionEnd },
    ...{ startDay: options.sessionStartDay, endDay: options.sessionEndDay },
  };
  const schedule = readSchedule(texts, SCHEDULE_NAMES);
  const alone = BESIDE_HOURS.find(part => texts[part] !== undefined);
  if (schedule !== undefined || alone === undefined) return schedule;
  const remedy = 'without hours; give sessionStart and sessionEnd, or leave it out';
  throw new OutriderError('bad-config', `${SCHEDULE_NAMES[alone]}: ${texts[alone]} ${remedy}`);
}

/**
 * What the session is told; the real credentials are known to its connection alone. Throws
 * `bad-config` for options that cannot work.
 */
export function sessionTermsOf(options: SessionOptions): SessionTerms {
  const { credentialsFile, nextExpectedMsgSeqNum = false, resendRequestChunk = 0 } = options;
  return {
    ...{ nextExpectedMsgSeqNum, resendRequestChunk, schedule: scheduleOf(options) },
    ...(credentialsFile === undefined ? undefined : { credentials: MASKED_CREDENTIALS }),
  };
}

/** Throws `bad-config` for an option of a session that a run with a paper venue has not. */
export function refuseSessionOptions(
  config: SessionOptions & { venue?: string | undefined; gateway?: string | undefined },
): void {
  if (config.venue !== undefined || config.gateway !== undefined) return;
  const name = NAMES.find(each => config[each] !== undefined);
  if (name === undefined) return;
  const remedy = 'it is for a FIX session elsewhere: give --venue HOST:PORT, or leave it out';
  throw new OutriderError('bad-config', `${name}: ${config[name]} with the paper venue; ${remedy}`);
}
