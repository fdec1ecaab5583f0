/** Recorded ticks of a run on the virtual clock, read back from the topic they went to. */
import type { Tick } from '#market';
import type { TickTopicOptions } from './tick-records.ts';
import { openTopicLeg, type TopicLeg } from './topic-leg.ts';

/**
 * The same batches in the same order, as fast as the brokers carry them.
 * @yields batches, never empty.
 */
export async function* throughTopic(
  ticks: AsyncIterable<Tick[]>,
  options: TickTopicOptions,
): AsyncGenerator<Tick[]> {
  const leg = await openTopicLeg(options);
  const publishing = { isOver: false, isStopped: false, failure: undefined as unknown };
  const published = publishAll(ticks, leg, publishing)
    .catch(failure => {
      publishing.failure = failure;
    })
    .finally(() => {
      publishing.isOver = true;
    });
  try {
    while (!publishing.isOver || leg.underWay > 0) {
      for (const { ticks: batch } of await leg.take()) yield batch;
      if (publishing.failure !== undefined) throw publishing.failure;
    }
  } finally {
    publishing.isStopped = true;
    await leg.close();
    await published;
  }
}

async function publishAll(
  ticks: AsyncIterable<Tick[]>,
  leg: TopicLeg,
  publishing: { readonly isStopped: boolean },
): Promise<void> {
  for await (const batch of ticks) {
    if (publishing.isStopped) return;
    await leg.publish(batch, 0);
  }
}
