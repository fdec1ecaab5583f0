/** Rows that a graph answered, before anything is chosen from them. */
import { OutriderError } from '#engine';

/** Log-probabilities in Q16 nats; noise is added to them in 32 bits. */
const MOST = 2 ** 30;

/** Throws `bad-model` at the first value that is no logit of the law. */
export function checkLogits(rows: Int32Array): void {
  for (let at = 0; at < rows.length; at++) {
    if (rows[at]! >= -MOST && rows[at]! <= MOST) continue;
    throw new OutriderError(
      'bad-model',
      `logits: ${rows[at]}; the law has log-probabilities in Q16 nats within 2^30; ` +
        'export the graph again (models/training/README.md)',
    );
  }
}
