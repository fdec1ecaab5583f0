/** The contract against kafkajs and a real Kafka. */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { sharedKafka } from '../../testing/kafka/shared-kafka.ts';
import { kafkaClassPath } from '../../testing/kafka/start-kafka.ts';
import { SUITES } from '../contract/suites.ts';
import type { Broker } from '../port.ts';
import { connectKafkajs } from './connect.ts';

const found = kafkaClassPath();
const needs = 'missing' in found ? found.missing : 'java 17 and mvn';

describe.skipIf('missing' in found)(`kafkajs (needs ${needs})`, () => {
  let addresses: readonly string[];
  let broker: Broker;
  beforeAll(async () => {
    addresses = await sharedKafka();
    broker = await connectKafkajs({ addresses });
  });
  afterAll(() => broker.close());
  const another = () => connectKafkajs({ addresses });
  const mortal = () => ({ kind: 'kafkajs', addresses }) as const;
  const subject = { broker: () => broker, another, replicas: 1, mortal };
  describe.each(Object.entries(SUITES))('%s', (_, suite) => {
    it.each(Object.entries(suite))('%s', (_, test) => test(subject));
  });
});
