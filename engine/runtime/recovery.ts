/** After a failure: nothing that was not committed counts, and all tasks begin from what was. */

import { OutriderError } from '../error.ts';
import { activate, fenceGone, openLocalReplica } from './activation.ts';
import type { ProcessorState } from './processor-state.ts';
import { closeReplica } from './replica.ts';

/** On the processor's turn. Ends the processor after too many failures in a row. */
export async function recover(state: ProcessorState): Promise<void> {
  await state.committing;
  const { error } = state.failure!;
  state.failuresInARow += 1;
  state.counts.failures += 1;
  const { failuresInARow: inARow, settings } = state;
  state.options.observer?.onFailure?.({ error, inARow });
  if (inARow > settings.failuresMax || isForGood(error)) return state.end(error);
  if (inARow > 1) await state.time.sleep(settings.retryMs * Math.min(inARow, 10));
  try {
    for (const task of state.owned.values()) {
      task.attempt += 1;
      task.running = undefined;
      state.tail.letGo(task.replica);
      closeReplica(task.replica);
    }
    await fenceGone(state);
    await state.committer.reset();
    for (const task of state.owned.values()) {
      task.replica = await openLocalReplica(state, task.name);
    }
    state.uncommittedSinceMs = undefined;
    state.failure = undefined;
    for (const task of state.owned.values()) activate(state, task);
  } catch (cause) {
    state.failure = { error: cause };
  }
}

/** What no second try puts right: data or settings that are wrong. */
export function isForGood(error: unknown): boolean {
  if (!(error instanceof OutriderError)) return false;
  return ['bad-config', 'bad-usage', 'bad-data', 'limit', 'disk'].includes(error.code);
}
