/** The topics of the pipeline on a real Kafka: made once, checked by name. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Broker, connectPlatformatic } from '#engine/broker';
import { type KafkaCluster, kafkaClassPath, startKafka } from '#engine/testing/kafka';
import { pipelineTopics, topicComplaints } from './topics.ts';

const found = kafkaClassPath();
const needs = 'missing' in found ? found.missing : 'java 17 and mvn';

describe.skipIf('missing' in found)(`topics of the pipeline (needs ${needs})`, () => {
  let kafka: KafkaCluster;
  let broker: Broker;
  beforeAll(async () => {
    kafka = await startKafka();
    broker = await connectPlatformatic({ addresses: kafka.addresses });
  });
  afterAll(async () => {
    await broker.close();
    await kafka.stop();
  });

  it('are made with the cut asked for, and made again without a change', async () => {
    const plan = { prefix: 'first', partitions: 4, replicas: 1 };
    for (let time = 0; time < 2; time++) await broker.admin.createTopics(pipelineTopics(plan));
    expect(await topicComplaints(broker, 'first')).toEqual([]);
    const counts = await broker.admin.partitionCounts(['first.ticks', 'first.gateway-log']);
    expect(Object.fromEntries(counts)).toEqual({ 'first.ticks': 4, 'first.gateway-log': 1 });
  });

  it('are named one by one where they are missing or cut otherwise', async () => {
    const made = pipelineTopics({ prefix: 'second', partitions: 4, replicas: 1 });
    const wrong = made.flatMap(each => {
      if (each.topic === 'second.signals') return [{ ...each, partitions: 3 }];
      if (each.topic === 'second.gateway-log') return [{ ...each, partitions: 2 }];
      return each.topic === 'second.instruments' ? [] : [each];
    });
    await broker.admin.createTopics(wrong);
    expect(await topicComplaints(broker, 'second')).toEqual([
      'second.instruments: missing; run outrider topics create',
      'second.signals: 3 partitions, but ticks have 4; delete it and create it anew',
      'second.gateway-log: 2 partitions, of which one is used; delete it and create it anew',
    ]);
  });
});
