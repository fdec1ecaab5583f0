/** Brokers that are too old: without this test one would fail later, of something unreadable. */
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { kafkaNeeds, startKafka } from '../../testing/kafka/start-kafka.ts';
import { readAll } from '../contract/polling.ts';
import { record, textOf } from '../contract/setting.ts';
import { connectKafkajs } from '../kafkajs/connect.ts';
import { connectPlatformatic } from './connect.ts';

const FETCH = 1;
const open: { close(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

/** Answers whatever it is asked with the one request it knows: Fetch, up to a version. */
function listenAs(fetchMax: number): Promise<string> {
  const server = createServer(socket => {
    socket.on('error', () => {});
    socket.on('data', asked => {
      const correlation = asked.subarray(8, 12);
      const versions = Buffer.from([0, 0, 2, 0, FETCH, 0, 0, 0, fetchMax, 0, 0, 0, 0, 0, 0]);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(correlation.length + versions.length);
      socket.write(Buffer.concat([length, correlation, versions]));
    });
  });
  open.push(server);
  return new Promise(resolve => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(`127.0.0.1:${typeof address === 'object' && address?.port}`);
    });
  });
}

const { needs, isMissing } = kafkaNeeds('3.3.2');

describe.skipIf(isMissing)(`a real Kafka 3.3.2 (needs ${needs})`, () => {
  it('is refused by name; kafkajs goes on with it, record for record', async () => {
    const kafka = await startKafka({ version: '3.3.2' });
    try {
      const { addresses } = kafka;
      await expect(connectPlatformatic({ addresses })).rejects.toMatchObject({
        code: 'bad-config',
        message: expect.stringMatching(
          /is Apache Kafka 3\.1 to 3\.4 .*3\.5 or later is needed.*upgrade the brokers/,
        ),
      });
      const broker = await connectKafkajs({ addresses });
      const config = { 'retention.ms': '-1' };
      await broker.admin.createTopics([{ topic: 'old', partitions: 1, replicas: 1, config }]);
      const producer = await broker.producer({ transactionalId: 'old' });
      const transaction = await producer.begin();
      await transaction.send([record('old', { key: 'k', value: 'v' })]);
      await transaction.commit();
      // It does not wait until those who read committed records see a commit.
      const pairs = async () =>
        (await readAll(broker, 'old')).map(({ key, value }) => [textOf(key), textOf(value)]);
      await expect.poll(pairs, { timeout: 10_000 }).toEqual([['k', 'v']]);
      await broker.close();
    } finally {
      await kafka.stop();
    }
  });
});

describe('a broker that is too old', () => {
  it.each([
    [13, '3.1 to 3.4'],
    [12, '2.7 to 3.0'],
    [4, 'older than 2.3'],
  ])('with Fetch %i is refused as %s, naming what is needed', async (fetchMax, releases) => {
    const address = await listenAs(fetchMax);
    const connected = connectPlatformatic({ addresses: [address] });
    await expect(connected).rejects.toMatchObject({
      code: 'bad-config',
      message: expect.stringMatching(
        new RegExp(`${address} is Apache Kafka ${releases} .*3\\.5 or later is needed`),
      ),
    });
  });

  it('is told apart from nobody there', async () => {
    const connected = connectPlatformatic({ addresses: ['127.0.0.1:1'] });
    await expect(connected).rejects.toMatchObject({ code: 'network' });
  });

  it('is told apart from an address that is none', async () => {
    const connected = connectPlatformatic({ addresses: ['localhost'] });
    await expect(connected).rejects.toThrow(/localhost; give HOST:PORT/);
  });
});
