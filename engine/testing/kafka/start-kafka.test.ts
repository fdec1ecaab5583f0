/** The Kafka of the tests: without it no promise about a real broker could be checked. */
import { createConnection } from 'node:net';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KafkaCluster, kafkaNeeds, partitionLeader, startKafka } from './start-kafka.ts';

const { needs, isMissing } = kafkaNeeds();

describe.skipIf(isMissing)(`Kafka 4.3.1 of one node (needs ${needs})`, () => {
  let kafka: KafkaCluster;
  beforeAll(async () => {
    kafka = await startKafka();
  });
  afterAll(() => kafka.stop());

  it('takes connections once it has started, or every test would begin with a wait', async () => {
    expect(await isListening(kafka.addresses[0]!)).toBe(true);
  });

  it('names the leader of a partition, or tests would kill one that has no part', async () => {
    const { addresses, nodes } = kafka;
    const kept = new Kafka({ brokers: [...addresses], logLevel: logLevel.NOTHING }).admin();
    await kept.connect();
    await kept.createTopics({ topics: [{ topic: 'kept', numPartitions: 1 }] });
    await kept.disconnect();
    expect(await partitionLeader({ nodes, topic: 'kept', partition: 0 })).toBe(nodes[0]);
  });

  it('dies by its own process id and comes back where it was', async () => {
    const [node] = kafka.nodes;
    const before = node!.pid!;
    await node!.kill();
    expect(node!.pid).toBeUndefined();
    expect(() => process.kill(before, 0)).toThrow('ESRCH');
    expect(await isListening(node!.address)).toBe(false);
    await node!.start();
    expect(await isListening(node!.address)).toBe(true);
  });

  it('says what Kafka said where a setting is wrong', async () => {
    const settings = { 'log.retention.ms': 'for ever' };
    await expect(startKafka({ settings })).rejects.toThrow(/for ever/);
  });
});

function isListening(address: string): Promise<boolean> {
  const [host, port] = address.split(':');
  return new Promise(resolve => {
    const socket = createConnection({ host: host!, port: Number(port) });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
