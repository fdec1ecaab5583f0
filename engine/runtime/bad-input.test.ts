/** Bad input on a real Kafka: each is named with its remedy, and what is good beside it counts. */
import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAll } from '../broker/contract/polling.ts';
import { connectKafkajs } from '../broker/kafkajs/connect.ts';
import { connectPlatformatic } from '../broker/platformatic/connect.ts';
import type { Broker } from '../broker/port.ts';
import type { Compression } from '../broker/producer.ts';
import type { OutgoingRecord } from '../broker/record.ts';
import { midnightBefore } from '../nanoseconds.ts';
import { boundedKey } from '../schema/bounded-key.ts';
import { field } from '../schema/field.ts';
import { recordSchema } from '../schema/record-schema.ts';
import { ofSchema, schemaHeader } from '../schema/schema-header.ts';
import { keyless } from '../streams/codecs.ts';
import { text } from '../streams/text-codec.ts';
import { topic } from '../streams/topic.ts';
import { topologyBuilder } from '../streams/topology-builder.ts';
import { sharedKafka } from '../testing/kafka/shared-kafka.ts';
import { kafkaNeeds } from '../testing/kafka/start-kafka.ts';
import { startProcessor } from './processor.ts';
import type { RunnableTopology } from './processor-options.ts';
import { wallPorts } from './wall-ports.ts';

const { needs, isMissing } = kafkaNeeds();
const WAIT = { timeout: 60_000, interval: 50 };
const KEY_BYTES_MAX = 64;
/** Less than the megabyte of a topic with all that a record has beside its key. */
const LARGE_KEY_BYTES = 1_048_000;
const BOMB_BYTES = 65 * 1024 * 1024;

const schema = recordSchema({ name: 'test.price', versions: [{ price: field.number }] });
const other = recordSchema({ name: 'test.other', versions: [{ price: field.number }] });

describe.skipIf(isMissing)(`a processor on Kafka (needs ${needs})`, () => {
  let addresses: readonly string[];
  let broker: Broker;
  beforeAll(async () => {
    addresses = await sharedKafka();
    broker = await connectPlatformatic({ addresses });
  });
  afterAll(() => broker.close());

  const make = async (partitions: number, config: Record<string, string> = {}) => {
    const name = `bad-input-${randomUUID()}`;
    const kept = { 'retention.ms': '-1', ...config };
    await broker.admin.createTopics([{ topic: name, partitions, replicas: 1, config: kept }]);
    return name;
  };
  const start = (topology: RunnableTopology) =>
    startProcessor({
      ...{ broker, topology, applicationId: `app-${randomUUID()}`, processorId: 'one' },
      ports: wallPorts(midnightBefore(BigInt(Date.now()) * 1_000_000n)),
    });
  const valuesOf = async (name: string, partitions = 1) =>
    (await readAll(broker, name, partitions)).map(({ partition, value }) => ({
      partition,
      value: Buffer.from(value!).toString(),
    }));

  it('sets poison aside as it came with the reason, and sends all that is good', async () => {
    const [from, to] = [await make(1), await make(1)];
    const prices = topic({ name: from, key: boundedKey(KEY_BYTES_MAX), ...ofSchema(schema) });
    const builder = topologyBuilder({ name: from });
    builder.stream(prices).to(topic({ ...prices, name: to }));
    const good = (price: number) => Buffer.from(schema.codec.encode({ price: price + 0.5 }));
    const headers = [schemaHeader(schema)];
    const large = Buffer.alloc(LARGE_KEY_BYTES, 65);
    const poison: readonly (readonly [reason: RegExp, given: Partial<OutgoingRecord>])[] = [
      [/header outrider-schema: names schema \d+, not/, { headers: [schemaHeader(other)] }],
      [/it is cut off/, { value: good(1).subarray(0, -1) }],
      [/a stream takes no tombstones/, { value: null }],
      [/key has 1048000 bytes, at most 64 may be; is it a key at all\?/, { key: large }],
    ];
    const producer = await broker.producer({});
    const key = Buffer.from('EURUSD');
    const record = { topic: from, partition: 0, key, headers, timestampMs: 1000 };
    for (const [index, [, given]] of poison.entries()) {
      await producer.send([{ ...record, value: good(index) }]);
      await producer.send([{ ...record, value: good(0), ...given }]);
    }
    await producer.send([{ ...record, value: good(poison.length) }]);
    const processor = await start(builder.build());
    const copies = async () => await readAll(broker, to);
    await expect.poll(async () => (await copies()).length, WAIT).toBe(poison.length + 1);
    expect((await copies()).map(({ value }) => schema.codec.decode(value!).price)).toEqual(
      Array.from({ length: poison.length + 1 }, (_, index) => index + 0.5),
    );
    // Of one transaction, but each partition shows it once its own marker is there.
    const itsLetters = () => readAll(broker, `${from}-dead-letters`);
    await expect.poll(async () => (await itsLetters()).length, WAIT).toBe(poison.length);
    const letters = await itsLetters();
    for (const [index, [reason, given]] of poison.entries()) {
      const letter = letters[index]!;
      const about = Object.fromEntries(
        letter.headers.map(([name, value]) => [name, Buffer.from(value).toString()]),
      );
      expect(about['outrider-dead-letter-reason']).toMatch(reason);
      expect(about['outrider-dead-letter-offset']).toBe(String(2 * index + 1));
      const { key: itsKey = key, value = good(0) } = given;
      expect(letter.key && Buffer.compare(letter.key, itsKey!)).toBe(0);
      expect(letter.value === null ? null : Buffer.from(letter.value)).toEqual(value);
    }
    const [task] = processor.status().tasks;
    expect(task?.deadLetters).toBe(poison.length);
    await Promise.all([processor.close(), producer.close()]);
  });

  it('does not begin where topics of a join have unequal partitions', async () => {
    const [trades, quotes, to] = [await make(2), await make(3), await make(2)];
    const builder = topologyBuilder({ name: trades });
    const of = (name: string) => topic({ name, key: text, value: text });
    builder
      .stream(of(trades))
      .joinTable(builder.table(of(quotes)), trade => trade)
      .to(of(to));
    await expect(start(builder.build())).rejects.toMatchObject({
      code: 'bad-config',
      message: expect.stringMatching(
        new RegExp(`${trades} has 2, ${quotes} has 3 partitions.*give them equal numbers`),
      ),
    });
  });

  it('ends by name where its topic is deleted under load, and keeps what it sent', async () => {
    const [from, to] = [await make(2), await make(2)];
    const of = (name: string) => topic({ name, key: keyless, value: text });
    const builder = topologyBuilder({ name: from });
    builder.stream(of(from)).to(of(to));
    const processor = await start(builder.build());
    const failed = processor.done.then(
      () => undefined,
      error => error,
    );
    const producer = await broker.producer({});
    let sent = 0;
    const load = async () => {
      for (; ; sent++) {
        const record = { topic: from, key: null, headers: [], timestampMs: 1000 };
        const value = Buffer.from(String(sent));
        await producer.send([0, 1].map(partition => ({ ...record, partition, value })));
      }
    };
    const refused = load().catch(error => error);
    await expect.poll(async () => (await valuesOf(to, 2)).length, WAIT).toBeGreaterThan(500);
    await broker.admin.deleteTopics([from]);
    expect(await refused).toMatchObject({ message: expect.stringContaining(from) });
    expect(await failed).toMatchObject({
      code: 'bad-data',
      message: expect.stringMatching(new RegExp(`topic ${from} was deleted while it was read`)),
    });
    for (const values of Map.groupBy(
      await valuesOf(to, 2),
      ({ partition }) => partition,
    ).values()) {
      expect(values.map(({ value }) => Number(value))).toEqual(values.map((_, index) => index));
    }
    await producer.close();
  });

  const codecs = ['gzip', 'snappy', 'lz4', 'zstd'] as const satisfies readonly Compression[];
  it.each(codecs)(
    'ends at a batch that unpacks to too much: %s; behind it all is there',
    async codec => {
      const from = await make(1, { 'max.message.bytes': String(8 * 1024 * 1024) });
      const to = await make(1);
      // The adapter's clients have all codecs installed; this one sends what ours would refuse.
      const packer = await connectKafkajs({ addresses });
      await sendBomb(addresses, from, codec);
      await packer.close();
      const builder = topologyBuilder({ name: from });
      const of = (name: string) => topic({ name, key: keyless, value: text });
      builder.stream(of(from)).to(of(to));
      const processor = await start(builder.build());
      const failed = await processor.done.then(
        () => undefined,
        error => error,
      );
      expect(failed).toMatchObject({
        code: 'limit',
        message: expect.stringMatching(/unpack to more than 67108864.*seek to 2/s),
      });
      expect((await valuesOf(to)).map(({ value }) => value)).toEqual(['before']);
      for (const connect of [connectPlatformatic, connectKafkajs]) {
        const own = await connect({ addresses });
        const at = { topic: from, partition: 0, offset: 2 };
        const reader = await own.reader({ isolation: 'read-committed', from: [at] });
        const values: string[] = [];
        while (values.length === 0) {
          for (const { records } of await reader.poll()) {
            for (const { value } of records) values.push(Buffer.from(value!).toString());
          }
        }
        expect(values).toEqual(['behind']);
        await own.close();
      }
    },
  );
});

/** A record before, the bomb as a batch of its own, a record behind. */
async function sendBomb(addresses: readonly string[], name: string, codec: Compression) {
  // It has the codecs of all kafkajs clients installed; the port's producers would refuse to send.
  await (await connectKafkajs({ addresses })).close();
  const { Kafka, CompressionTypes, logLevel } = kafkajs;
  const types = { gzip: 'GZIP', snappy: 'Snappy', lz4: 'LZ4', zstd: 'ZSTD', none: 'None' } as const;
  const client = new Kafka({ brokers: [...addresses], logLevel: logLevel.NOTHING });
  const producer = client.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  const send = (value: Buffer | string, compression = CompressionTypes.None) =>
    producer.send({ topic: name, compression, messages: [{ partition: 0, value }] });
  await send('before');
  await send(Buffer.alloc(BOMB_BYTES), CompressionTypes[types[codec]]);
  await send('behind');
  await producer.disconnect();
}
