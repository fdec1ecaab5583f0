/** Options of the desk's FIX session before a venue elsewhere, and what they mean to it. */
import { z } from 'zod';
import { OutriderError } from '#engine';
import { MASKED_CREDENTIALS, type SessionTerms } from '#gateway';

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
};

export type SessionOptions = z.output<z.ZodObject<typeof sessionOptions>>;

const NAMES = Object.keys(sessionOptions) as (keyof SessionOptions)[];
export const SESSION_OPTION_NAMES: readonly (keyof SessionOptions)[] = NAMES;

/** What the session is told; the real credentials are known to its connection alone. */
export function sessionTermsOf(options: SessionOptions): SessionTerms {
  const { credentialsFile, nextExpectedMsgSeqNum = false, resendRequestChunk = 0 } = options;
  return {
    ...{ nextExpectedMsgSeqNum, resendRequestChunk },
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
