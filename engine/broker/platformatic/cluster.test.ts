/** Three nodes of which one dies: without this test its records could be lost or come twice. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KafkaCluster, kafkaClassPath, startKafka } from '../../testing/kafka/start-kafka.ts';
import { readAll } from '../contract/polling.ts';
import { record, textOf } from '../contract/setting.ts';
import { BROKERS_DEFAULT, type Broker } from '../port.ts';
import { waitMs } from '../wait.ts';
import { connectPlatformatic } from './connect.ts';

const found = kafkaClassPath();
const needs = 'missing' in found ? found.missing : 'java 17 and mvn';
const PARTITIONS = 3;
const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);

describe.skipIf('missing' in found)(`a cluster of three nodes (needs ${needs})`, () => {
  let kafka: KafkaCluster;
  let broker: Broker;
  let topic: string;
  beforeAll(async () => {
    kafka = await startKafka({ nodes: 3 });
    broker = await connectPlatformatic({ addresses: kafka.addresses });
    topic = `topic-${randomUUID()}`;
    const config = { 'retention.ms': '-1' };
    // Three, as the brokers are set: with fewer copies a node that dies would stop it.
    const replicas = BROKERS_DEFAULT;
    await broker.admin.createTopics([{ topic, partitions: PARTITIONS, replicas, config }]);
  });
  afterAll(async () => {
    await broker.close();
    await kafka.stop();
  });

  it('loses nothing and doubles nothing while each node in turn is killed', async () => {
    const plain = await broker.producer({});
    const producer = await broker.producer({ transactionalId: topic });
    let isOver = false;
    let sent = 0;
    let committed = 0;
    const send = async () => {
      for (; !isOver; sent++) {
        const value = `plain ${sent}`;
        await plain.send(partitions.map(partition => record(topic, { partition, value })));
      }
    };
    const commit = async () => {
      for (; !isOver; committed++) {
        const transaction = await producer.begin();
        const value = `transaction ${committed}`;
        for (const partition of partitions) {
          await transaction.send([record(topic, { partition, value })]);
        }
        await transaction.commit();
      }
    };
    const work = Promise.all([send(), commit()]);
    for (const node of kafka.nodes) {
      await progress(() => sent + committed);
      await node.kill();
      await progress(() => Math.min(sent, committed));
      await node.start();
    }
    isOver = true;
    await work;
    const all = await readAll(broker, topic, PARTITIONS);
    for (const partition of partitions) {
      const values = all
        .filter(each => each.partition === partition)
        .map(each => textOf(each.value));
      for (const [kind, count] of [
        ['plain', sent],
        ['transaction', committed],
      ] as const) {
        const expected = Array.from({ length: count }, (_, index) => `${kind} ${index}`);
        expect(values.filter(value => value!.startsWith(kind))).toEqual(expected);
      }
    }
    await Promise.all([plain.close(), producer.close()]);
  });
});

/** Until it has grown by a few. */
async function progress(count: () => number): Promise<void> {
  for (const enough = count() + 20; count() < enough; ) await waitMs(20);
}
