/** What is known of topics: one that is refused must not hide the others. */

import { expect, it } from 'vitest';
import type { AnyNode } from './any-node.ts';
import { createMetadata } from './metadata.ts';

const NOT_AUTHORIZED = 29;

it('takes up the topics behind one that is refused, and says which one that is', async () => {
  const topicOf = (name: string, errorCode: number) => ({
    ...{ name, topicId: `id of ${name}`, errorCode },
    partitions: errorCode === 0 ? [{ partitionIndex: 0, leaderId: 1 }] : [],
  });
  const ask = async () => ({
    brokers: [{ nodeId: 1, host: 'a', port: 9092 }],
    topics: [topicOf('secret', NOT_AUTHORIZED), topicOf('open', 0)],
  });
  const metadata = createMetadata({ ask } as unknown as Pick<AnyNode, 'ask'>);
  const refreshed = metadata.refresh(['secret', 'open']);
  await expect(refreshed).rejects.toThrow(/topic secret: Kafka answers TOPIC_AUTHORIZATION_FAILED/);
  expect(metadata.known('open')?.leaders).toEqual([1]);
  expect(metadata.known('secret')).toBeUndefined();
});
