/** What a kafkajs client makes of leaders that move: it must ask for the new one, not give up. */

import type { Kafka } from 'kafkajs';
import { expect, it } from 'vitest';
import { mendTopicMemory } from './topic-memory.ts';

const CREATE_CLUSTER = Symbol('private:Kafka:createCluster');

/** A cluster of a mended client, whose leaders answer first with these. */
function clusterOf(refusals: { readonly type: string; readonly retriable: boolean }[]) {
  const asked: string[] = [];
  const own = {
    targetTopics: new Set(['ticks']),
    refreshMetadata: async () => void asked.push('refresh'),
    refreshMetadataIfNecessary: async () => {},
    addMultipleTargetTopics: async () => {},
    metadata: async () => ({ topicMetadata: [] }),
    async fetchTopicsOffset(topics: object[]) {
      asked.push('offsets');
      const refusal = refusals.shift();
      if (refusal !== undefined) throw Object.assign(new Error(refusal.type), refusal);
      return topics;
    },
  };
  const kafka = { [CREATE_CLUSTER]: () => own };
  mendTopicMemory(kafka as unknown as Kafka);
  return { asked, cluster: kafka[CREATE_CLUSTER]() };
}

const topics = [{ topic: 'ticks' }];

it('asks the next leader for offsets where the one it knows is none any more', async () => {
  const moved = { type: 'NOT_LEADER_FOR_PARTITION', retriable: true };
  const { asked, cluster } = clusterOf([moved, moved]);
  expect(await cluster.fetchTopicsOffset(topics)).toEqual(topics);
  expect(asked).toEqual(['offsets', 'refresh', 'offsets', 'refresh', 'offsets']);
});

it('leaves to the client what will not pass, and a topic that nobody knows', async () => {
  for (const type of ['TOPIC_AUTHORIZATION_FAILED', 'UNKNOWN_TOPIC_OR_PARTITION']) {
    const { asked, cluster } = clusterOf([{ type, retriable: type.startsWith('UNKNOWN') }]);
    await expect(cluster.fetchTopicsOffset(topics)).rejects.toThrow(type);
    expect(asked).toEqual(['offsets']);
  }
});
