/** Tries again what only fails for a while, and says at last what it failed of. */

import { OutriderError } from '../../error.ts';
import { nowMs, waitMs } from '../wait.ts';
import { ERROR, errorText, isPassing } from './error-codes.ts';

/** Tries of an action end after this long. */
const RETRY_MS = 60_000;
/** A topic that nobody knows: right after its making a node may not know it yet. */
const GONE_MS = 3_000;
const RETRY_FIRST_MS = 5;
const RETRY_LAST_MS = 250;

export type Tried<Value> = { readonly done: Value } | { readonly errorCode: number };

/**
 * Tries again, waiting longer each time, while nodes cannot be reached or their codes are passing.
 * Throws `network` after RETRY_MS, `bad-config` at once for a code that stays, and after GONE_MS
 * where a topic does not exist.
 */
export async function retrying<Value>(
  what: string,
  action: () => Promise<Tried<Value>>,
): Promise<Value> {
  const deadlineMs = nowMs() + RETRY_MS;
  let unknownSinceMs: number | undefined;
  for (let delayMs = RETRY_FIRST_MS; ; delayMs = Math.min(delayMs * 2, RETRY_LAST_MS)) {
    let last: OutriderError;
    try {
      const tried = await action();
      if ('done' in tried) return tried.done;
      last = refused(what, tried.errorCode);
      if (!isPassing(tried.errorCode)) throw last;
      unknownSinceMs =
        tried.errorCode === ERROR.unknownTopic ? (unknownSinceMs ?? nowMs()) : undefined;
      if (unknownSinceMs !== undefined && nowMs() - unknownSinceMs > GONE_MS) throw gone(last);
    } catch (error) {
      if (!(error instanceof OutriderError) || error.code !== 'network') throw error;
      last = error;
    }
    if (nowMs() + delayMs > deadlineMs) {
      const message = `${what}: given up after ${RETRY_MS} ms; last: ${last.message}`;
      throw new OutriderError('network', message, { cause: last });
    }
    await waitMs(delayMs);
  }
}

function gone({ message }: OutriderError): OutriderError {
  const remedy = 'a topic was deleted, or never made: create it';
  return new OutriderError('bad-config', `${message}; ${remedy}`);
}

/** A code that the broker answered with. */
export function refused(what: string, code: number): OutriderError {
  const kind = isPassing(code) ? 'network' : 'bad-config';
  return new OutriderError(kind, `${what}: Kafka answers ${errorText(code)}`);
}
