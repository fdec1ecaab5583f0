/** @platformatic/kafka as it is, told what makes it quick: it is what our port is held against. */

import { randomUUID } from 'node:crypto';
import { Consumer, type MessageToProduce, ProduceAcks, Producer } from '@platformatic/kafka';
import { type ClientSide, KEY } from './client-side.ts';
import { nowNs } from './now.ts';

/** Its own 50 MB would hold the event loop for seconds. */
const FETCH_BYTES_MAX = 1024 * 1024;
const HIGH_WATER_RECORDS = 16_384;
/** After a transaction the next finds it still being ended; its own 1,000 ms would be waited. */
const RETRY_MS = 3;
const RETRIES = 1_000;
const WAIT_MS = 500;

export async function openRawClient(address: string): Promise<ClientSide> {
  const base = { clientId: 'raw', bootstrapBrokers: [address] };
  const producer = new Producer({ ...base, idempotent: true, acks: ProduceAcks.ALL });
  const transactions = new Producer({
    ...{ ...base, idempotent: true, transactionalId: `raw-${randomUUID()}` },
    ...{ retries: RETRIES, retryDelay: RETRY_MS },
  });
  const consumers = new Set<Consumer>();
  return {
    name: 'raw client',
    async send(topic, values) {
      await producer.send({ messages: messagesOf(topic, values) });
    },
    async transact(topic, values) {
      const transaction = await transactions.beginTransaction();
      await transaction.send({ messages: messagesOf(topic, values) });
      await transaction.commit();
    },
    async read(topic, onValue) {
      const consumer = new Consumer({
        ...{ ...base, groupId: `raw-${randomUUID()}`, autocommit: false },
        ...{ minBytes: 1, maxBytes: FETCH_BYTES_MAX, maxWaitTime: WAIT_MS },
        highWaterMark: HIGH_WATER_RECORDS,
      });
      consumers.add(consumer);
      const stream = await consumer.consume({ topics: [topic], mode: 'earliest' });
      const startedNs = nowNs();
      stream.on('data', message => onValue(message.value));
      const close = async () => {
        await stream.close();
        await consumer.close(true);
        consumers.delete(consumer);
      };
      return { startedNs, close };
    },
    async close() {
      for (const consumer of consumers) await consumer.close(true);
      await producer.close();
      await transactions.close();
    },
  };
}

type Message = MessageToProduce<Buffer, Buffer, Buffer, Buffer>;

function messagesOf(topic: string, values: readonly Buffer[]): Message[] {
  return values.map(value => ({ topic, partition: 0, key: KEY, value }));
}
