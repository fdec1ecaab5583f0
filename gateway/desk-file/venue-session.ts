/** The FIX session of a venue in a desk file: what without one are options of the gateway. */
import { z } from 'zod';
import { readSchedule } from '../calendar/read-schedule.ts';
import { MASKED_CREDENTIALS } from '../session/masked-credentials.ts';
import type { SessionTerms } from '../venue-terms.ts';

const path = z.string().min(1).max(4096);
const word = z.string().min(1).max(80);

export const venueSessionSchema = z.strictObject({
  /** JSON with Username and Password of the Logon. */
  credentialsFile: path.optional(),
  nextExpectedMsgSeqNum: z.boolean().default(false),
  resendRequestChunk: z.int().min(0).max(1_000_000).default(0),
  /** Hours, as the options `--session-...` have them. */
  ...{ start: word.optional(), end: word.optional(), timeZone: word.optional() },
  ...{ startDay: word.optional(), endDay: word.optional(), weekdays: word.optional() },
});

export type VenueSession = z.output<typeof venueSessionSchema>;

/** Throws `bad-config` naming `place` for hours that cannot be. */
export function venueSessionTerms(session: VenueSession, place: string): SessionTerms {
  const { credentialsFile, nextExpectedMsgSeqNum, resendRequestChunk, ...hours } = session;
  const names = {
    ...{ timeZone: `${place}.timeZone`, start: `${place}.start`, end: `${place}.end` },
    ...{ startDay: `${place}.startDay`, endDay: `${place}.endDay` },
    weekdays: `${place}.weekdays`,
  };
  return {
    ...{ nextExpectedMsgSeqNum, resendRequestChunk, schedule: readSchedule(hours, names) },
    ...(credentialsFile === undefined ? undefined : { credentials: MASKED_CREDENTIALS }),
  };
}
