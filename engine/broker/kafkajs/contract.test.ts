/** The contract against kafkajs and a real Kafka. */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type KafkaCluster, kafkaClassPath, startKafka } from '../../testing/kafka/start-kafka.ts';
import { SUITES } from '../contract/suites.ts';
import type { Broker } from '../port.ts';
import { connectKafkajs } from './connect.ts';

const found = kafkaClassPath();
const needs = 'missing' in found ? found.missing : 'java 17 and mvn';

describe.skipIf('missing' in found)(`kafkajs (needs ${needs})`, () => {
  let kafka: KafkaCluster;
  let broker: Broker;
  beforeAll(async () => {
    kafka = await startKafka();
    broker = await connectKafkajs({ addresses: kafka.addresses });
  });
  afterAll(async () => {
    await broker.close();
    await kafka.stop();
  });
  const another = () => connectKafkajs({ addresses: kafka.addresses });
  const mortal = () => ({ kind: 'kafkajs', addresses: kafka.addresses }) as const;
  const subject = { broker: () => broker, another, replicas: 1, mortal };
  describe.each(Object.entries(SUITES))('%s', (_, suite) => {
    it.each(Object.entries(suite))('%s', (_, test) => test(subject));
  });
});
