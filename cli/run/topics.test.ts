/** The topics of the pipeline on a real Kafka: made once, checked by name. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Broker, connectPlatformatic } from '#engine/broker';
import { kafkaNeeds } from '#engine/testing/kafka';
import { sharedKafka } from '#engine/testing/shared-kafka';
import { pipelineTopics, topicComplaints } from './topics.ts';

/** The broker is shared: names are of this run of this file. */
const FIRST = `first-${randomUUID()}`;
const SECOND = `second-${randomUUID()}`;

const { needs, isMissing } = kafkaNeeds();

describe.skipIf(isMissing)(`topics of the pipeline (needs ${needs})`, () => {
  let broker: Broker;
  beforeAll(async () => {
    broker = await connectPlatformatic({ addresses: await sharedKafka() });
  });
  afterAll(() => broker.close());

  it('are made with the cut asked for, and made again without a change', async () => {
    const plan = { prefix: FIRST, partitions: 4, replicas: 1 };
    for (let time = 0; time < 2; time++) await broker.admin.createTopics(pipelineTopics(plan));
    expect(await topicComplaints(broker, FIRST)).toEqual([]);
    const counts = await broker.admin.partitionCounts([`${FIRST}.ticks`, `${FIRST}.gateway-log`]);
    expect(Object.fromEntries(counts)).toEqual({
      [`${FIRST}.ticks`]: 4,
      [`${FIRST}.gateway-log`]: 1,
    });
  });

  it('are named one by one where they are missing or cut otherwise', async () => {
    const made = pipelineTopics({ prefix: SECOND, partitions: 4, replicas: 1 });
    const wrong = made.flatMap(each => {
      if (each.topic === `${SECOND}.signals`) return [{ ...each, partitions: 3 }];
      if (each.topic === `${SECOND}.gateway-log`) return [{ ...each, partitions: 2 }];
      return each.topic === `${SECOND}.instruments` ? [] : [each];
    });
    await broker.admin.createTopics(wrong);
    expect(await topicComplaints(broker, SECOND)).toEqual([
      `${SECOND}.instruments: missing; run outrider topics create`,
      `${SECOND}.signals: 3 partitions, but ticks have 4; delete it and create it anew`,
      `${SECOND}.gateway-log: 2 partitions, of which one is used; delete it and create it anew`,
    ]);
  });
});
