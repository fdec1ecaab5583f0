/** Our port of brokers as a client under measurement, with the settings it has by itself. */

import { randomUUID } from 'node:crypto';
import type { Broker, OutgoingRecord } from '#engine/broker';
import { type ClientSide, KEY, type Reading } from './client-side.ts';
import { nowNs } from './now.ts';

/** Closes the broker, too. */
export async function openPortClient(name: string, broker: Broker): Promise<ClientSide> {
  const producer = await broker.producer({});
  const transactions = await broker.producer({ transactionalId: `port-${randomUUID()}` });
  return {
    name,
    send: (topic, values) => producer.send(recordsOf(topic, values)),
    async transact(topic, values) {
      const transaction = await transactions.begin();
      await transaction.send(recordsOf(topic, values));
      await transaction.commit();
    },
    read: (topic, onValue) => readBy(broker, topic, onValue),
    close: () => broker.close(),
  };
}

async function readBy(
  broker: Broker,
  topic: string,
  onValue: (value: Uint8Array) => void,
): Promise<Reading> {
  const from = [{ topic, partition: 0, offset: 0 }];
  const reader = await broker.reader({ isolation: 'read-committed', from });
  const startedNs = nowNs();
  let isReading = true;
  const loop = async () => {
    while (isReading) {
      for (const { records } of await reader.poll()) {
        for (const { value } of records) onValue(value!);
      }
    }
  };
  // Closing ends the poll that is under way, with an error.
  const reading = loop().catch(error => {
    if (isReading) throw error;
  });
  return {
    startedNs,
    async close() {
      isReading = false;
      await reader.close();
      await reading;
    },
  };
}

const NO_HEADERS: OutgoingRecord['headers'] = [];

function recordsOf(topic: string, values: readonly Buffer[]): OutgoingRecord[] {
  const timestampMs = Date.now();
  return values.map(value => {
    return { topic, partition: 0, key: KEY, value, headers: NO_HEADERS, timestampMs };
  });
}
