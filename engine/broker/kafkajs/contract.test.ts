/** The contract against kafkajs and a real Kafka. */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { sharedKafka } from '../../testing/kafka/shared-kafka.ts';
import { kafkaNeeds } from '../../testing/kafka/start-kafka.ts';
import { SUITES } from '../contract/suites.ts';
import type { Broker } from '../port.ts';
import { connectKafkajs } from './connect.ts';

const { needs, isMissing } = kafkaNeeds();

describe.skipIf(isMissing)(`kafkajs (needs ${needs})`, () => {
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
