/** Where a reader may be sent to: of anything else a fetch would fail that nobody awaits. */

import { OutriderError } from '../error.ts';
import type { PartitionOffset } from './record.ts';

/** Throws `bad-usage`. Whether the partition has the offset is known once brokers are asked. */
export function checkOffset({ topic, partition, offset }: PartitionOffset): void {
  if (Number.isSafeInteger(offset)) return;
  const what = `${topic}-${partition} at offset ${offset}: not a whole number`;
  throw new OutriderError('bad-usage', `${what}; give the offset of the record to read next`);
}
