/** Sets where an application reads on: from an offset, a time, or the first record. */

import type { Broker } from '../broker/port.ts';
import type { PartitionOffset } from '../broker/record.ts';
import { OutriderError } from '../error.ts';

export type ReprocessOptions = {
  readonly broker: Broker;
  readonly applicationId: string;
  readonly topics: readonly string[];
  /** `timeMs`: the first record at or after it, milliseconds since 1970, by the records' times. */
  readonly from: 'first' | { readonly timeMs: number } | { readonly offset: number };
};

/**
 * While the application has no members; offsets that are not kept become the nearest that are.
 * Returns them. Errors: `bad-config` for a topic that does not exist; what the broker says where
 * there are members.
 */
export async function reprocess(options: ReprocessOptions): Promise<readonly PartitionOffset[]> {
  const { broker, applicationId, topics, from } = options;
  const counts = await broker.admin.partitionCounts(topics);
  const places = topics.flatMap(topic => {
    const count = counts.get(topic);
    if (count === undefined) {
      throw new OutriderError('bad-config', `topic ${topic} does not exist; name one that does`);
    }
    return Array.from({ length: count }, (_, partition) => ({ topic, partition }));
  });
  const bounds = await broker.admin.bounds(places, 'read-committed');
  const wanted =
    from !== 'first' && 'timeMs' in from
      ? await broker.admin.offsetsAt(places, from.timeMs)
      : undefined;
  const offsets = bounds.map(({ topic, partition, first, end }) => {
    const found = wanted?.find(each => each.topic === topic && each.partition === partition);
    const asked = from !== 'first' && 'offset' in from ? from.offset : (found?.offset ?? first);
    return { topic, partition, offset: Math.min(Math.max(asked, first), end) };
  });
  await broker.admin.setCommitted(applicationId, offsets);
  return offsets;
}
