/** Schemas against a real Kafka: programs that do not fit must fail before their first record. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectPlatformatic } from '../broker/platformatic/connect.ts';
import type { Broker } from '../broker/port.ts';
import { seededRandom } from '../random.ts';
import { sharedKafka } from '../testing/kafka/shared-kafka.ts';
import { kafkaNeeds } from '../testing/kafka/start-kafka.ts';
import { field } from './field.ts';
import { fixedSchema } from './fixed-schema.ts';
import { recordSchema } from './record-schema.ts';
import type { Schema } from './schema.ts';
import { checkSchemas, readSchemas } from './schema-topic.ts';

const FIRST = { price: field.number } as const;
const of = (...versions: Parameters<typeof recordSchema>[0]['versions'][number][]) =>
  recordSchema({ name: 'test.price', versions }) as Schema<unknown>;
const one = of(FIRST);
const two = of(FIRST, { size: field.withDefault(field.integer, 0) });
const otherTwo = of(FIRST, { side: field.optional(field.flag) });

const { needs, isMissing } = kafkaNeeds();

describe.skipIf(isMissing)(`the schema topic (needs ${needs})`, () => {
  let broker: Broker;
  beforeAll(async () => {
    broker = await connectPlatformatic({ addresses: await sharedKafka() });
  });
  afterAll(() => broker.close());
  // Runs of other files write to the one by default.
  const schemaTopic = `schemas-${randomUUID()}`;
  let seed = 0;
  const asked = () => ({ broker, random: seededRandom(seed++), schemaTopic });
  const check = (topic: string, schema: Schema<unknown>) =>
    checkSchemas({ ...asked(), topics: [{ topic, schema }] });
  const versionsOf = async (topic: string) =>
    (await readSchemas(broker, schemaTopic)).get(topic)?.versions;

  it('takes older and newer programs of one schema, in any order', async () => {
    await check('upgraded', one);
    await check('upgraded', two);
    await check('upgraded', one);
    expect(await versionsOf('upgraded')).toEqual([['price: number'], ['size: integer = 0']]);
  });

  it('writes nothing where nothing is new, so that a start fences nobody', async () => {
    await check('quiet', two);
    const place = [{ topic: schemaTopic, partition: 0 }];
    const before = await broker.admin.bounds(place, 'read-committed');
    await check('quiet', one);
    expect(await broker.admin.bounds(place, 'read-committed')).toEqual(before);
  });

  it('refuses a version that says something else than the one written', async () => {
    await check('changed', two);
    await expect(check('changed', otherTwo)).rejects.toThrow(
      'topic changed: schema test.price version 2 has "side: optional flag" here and ' +
        '"size: integer = 0" there; a version that was written never changes',
    );
    const fixed = { name: 'test.price', bytes: 8, layouts: [['0 f64']], versionOf: () => 1 };
    await expect(check('changed', fixedSchema({ ...fixed, codec: one.codec }))).rejects.toThrow(
      /has form fixed here and fields there/,
    );
  });

  it('lets one of many through that start at once with different next versions', async () => {
    const schemas = Array.from({ length: 6 }, (_, index) => (index % 2 === 0 ? two : otherTwo));
    const answers = await Promise.allSettled(schemas.map(schema => check('raced', schema)));
    const versions = await versionsOf('raced');
    expect(answers.map(({ status }) => status)).toContain('fulfilled');
    for (const [index, { status }] of answers.entries()) {
      const isTheirs =
        JSON.stringify(schemas[index]!.description.versions) === JSON.stringify(versions);
      expect(status).toBe(isTheirs ? 'fulfilled' : 'rejected');
    }
  }, 60_000);

  it('says which record of the topic is none', async () => {
    const broken = `broken-${schemaTopic}`;
    const given = { ...asked(), topics: [{ topic: 'any', schema: one }], schemaTopic: broken };
    await checkSchemas(given);
    const producer = await broker.producer({});
    const value = Buffer.from('{"name":1}');
    const record = { topic: broken, partition: 0, key: Buffer.from('any'), value };
    await producer.send([{ ...record, headers: [], timestampMs: 0 }]);
    await producer.close();
    await expect(checkSchemas(given)).rejects.toThrow(
      /record \d+ of the schema topic is no schema; .* delete its key/,
    );
  });
});
