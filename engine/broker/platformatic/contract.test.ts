/** The contract against @platformatic/kafka and a real Kafka. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedKafka } from '../../testing/kafka/shared-kafka.ts';
import { kafkaNeeds } from '../../testing/kafka/start-kafka.ts';
import { makeTopic, record } from '../contract/setting.ts';
import { SUITES } from '../contract/suites.ts';
import type { Broker } from '../port.ts';
import { connectPlatformatic } from './connect.ts';

const { needs, isMissing } = kafkaNeeds();

describe.skipIf(isMissing)(`@platformatic/kafka (needs ${needs})`, () => {
  let addresses: readonly string[];
  let broker: Broker;
  beforeAll(async () => {
    addresses = await sharedKafka();
    broker = await connectPlatformatic({ addresses });
  });
  afterAll(() => broker.close());
  const another = () => connectPlatformatic({ addresses });
  const mortal = () => ({ kind: 'platformatic', addresses }) as const;
  const subject = { broker: () => broker, another, replicas: 1, mortal };
  it('tries nothing once it is closed, or its process would stay for a minute', async () => {
    const other = await another();
    // Its coordinator is to be found first, by several requests.
    const asked = other.admin.committed('closed-meanwhile', [{ topic: 'none', partition: 0 }]);
    const said = expect(asked).rejects.toMatchObject({ code: 'bad-usage' });
    await other.close();
    const beganMs = Date.now();
    await said;
    expect(Date.now() - beganMs).toBeLessThan(5_000);
  });

  describe.each(Object.entries(SUITES))('%s', (_, suite) => {
    it.each(Object.entries(suite))('%s', (_, test) => test(subject));
  });

  it('names the clock where a record is of hours ahead, as of a machine set wrong', async () => {
    const topic = await makeTopic(subject);
    const producer = await broker.producer({});
    const timestampMs = Date.now() + 3 * 3_600_000;
    await expect(producer.send([record(topic, { timestampMs })])).rejects.toMatchObject({
      ...{ code: 'bad-config', message: expect.stringContaining('set the clock of this machine') },
    });
    await producer.close();
  });
});
