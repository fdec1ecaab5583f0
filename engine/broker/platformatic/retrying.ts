/** Tries again what only fails for a while, and says at last what it failed of. */

import { OutriderError } from '../../error.ts';
import { nowMs, waitMs } from '../wait.ts';
import { errorText, isPassing } from './error-codes.ts';

/** Tries of an action end after this long. */
const RETRY_MS = 60_000;
const RETRY_FIRST_MS = 5;
const RETRY_LAST_MS = 250;

export type Tried<Value> = { readonly done: Value } | { readonly errorCode: number };

/**
 * Tries again, waiting longer each time, while nodes cannot be reached or their codes are passing.
 * Throws `network` after RETRY_MS, and at once for a code that stays.
 */
export async function retrying<Value>(
  what: string,
  action: () => Promise<Tried<Value>>,
): Promise<Value> {
  const deadlineMs = nowMs() + RETRY_MS;
  for (let delayMs = RETRY_FIRST_MS; ; delayMs = Math.min(delayMs * 2, RETRY_LAST_MS)) {
    let last: OutriderError;
    try {
      const tried = await action();
      if ('done' in tried) return tried.done;
      last = refused(what, tried.errorCode);
      if (!isPassing(tried.errorCode)) throw last;
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

/** A code that the broker answered with. */
export function refused(what: string, code: number): OutriderError {
  const kind = isPassing(code) ? 'network' : 'bad-config';
  return new OutriderError(kind, `${what}: Kafka answers ${errorText(code)}`);
}
