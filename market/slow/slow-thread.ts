/** The pool's task: shows a batch of mids to the bars of this thread and says what they are. */
import { createBars } from './bars.ts';
import type { SlowBatch, SlowResult } from './slow-features.ts';

let bars: ReturnType<typeof createBars> | undefined;

/** The pool has one thread, so the bars see all batches in their order. */
export default function showBatch({ instruments, mids, count }: SlowBatch): SlowResult {
  bars ??= createBars(instruments);
  for (let at = 0; at < count; at++) {
    bars.show(mids[3 * at]!, mids[3 * at + 1]!, mids[3 * at + 2]!);
  }
  return bars.features();
}
