/** Whether two sides did the same work: how far apart their logits are. */

import { OutriderError } from '#engine';

export type Agreement = { meanNats: number; mostNats: number };

const Q16 = 65_536;

/** The law's arithmetic, whole numbers rounded the other way here and there (docs/law.md, 11). */
export const SAME: Agreement = { meanNats: 5e-3, mostNats: 0.05 };
/** Rows that are not quantised, or all of a tensor by one scale: the same weights, other noise. */
export const NEAR: Agreement = { meanNats: 0.05, mostNats: 1 };

/** Throws `bad-model` where logits in nats are further apart than `most`. */
export function agreementOf(
  name: string,
  { ours, theirs, most }: Record<'ours' | 'theirs', Float64Array> & { most: Agreement },
): Agreement {
  const apart = ours.map((nats, at) => Math.abs(nats - theirs[at]!));
  const meanNats = apart.reduce((sum, each) => sum + each, 0) / apart.length;
  const mostNats = apart.reduce((largest, each) => Math.max(largest, each), 0);
  if (ours.length === theirs.length && meanNats <= most.meanNats && mostNats <= most.mostNats) {
    return { meanNats, mostNats };
  }
  const expected = `${ours.length} within ${most.meanNats} and ${most.mostNats}`;
  throw new OutriderError(
    'bad-model',
    `${name}: ${theirs.length} logits, ${meanNats} nats from ours in the mean and ${mostNats} at ` +
      `most; expected ${expected}: make the graphs anew`,
  );
}

/** Integers are Q16. */
export function natsOf(logits: Int32Array | Float32Array): Float64Array {
  const unit = logits instanceof Int32Array ? Q16 : 1;
  return Float64Array.from(logits, each => each / unit);
}
