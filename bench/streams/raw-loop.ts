/**
 * A map written by hand on the raw client, which a topology's is held against: at least once.
 *
 *     node bench/streams/raw-loop.ts brokers=HOST:PORT application=GROUP input=TOPIC output=TOPIC
 *
 * Says on standard output when it runs, and ends on SIGTERM.
 */

import { Consumer, type MessageToProduce, ProduceAcks, Producer } from '@platformatic/kafka';
import { changed } from './one-to-one.ts';

/** Its own 50 MB would hold the event loop for seconds. */
const FETCH_BYTES_MAX = 1024 * 1024;
const HIGH_WATER_RECORDS = 16_384;
const WAIT_MS = 500;
const COMMIT_MS = 50;
const BATCH_RECORDS = 1_000;
const UNDER_WAY_MAX = 4;
/** It is halted while another side is measured. */
const SESSION_TIMEOUT_MS = 120_000;

const given = Object.fromEntries(process.argv.slice(2).map(word => word.split('=')));
const base = { clientId: 'raw-loop', bootstrapBrokers: [given.brokers] };
const producer = new Producer({ ...base, idempotent: true, acks: ProduceAcks.ALL });
const consumer = new Consumer({
  ...{ ...base, groupId: given.application, autocommit: COMMIT_MS },
  ...{ minBytes: 1, maxBytes: FETCH_BYTES_MAX, maxWaitTime: WAIT_MS },
  ...{ highWaterMark: HIGH_WATER_RECORDS },
  ...{ sessionTimeout: SESSION_TIMEOUT_MS, rebalanceTimeout: SESSION_TIMEOUT_MS },
});
const waiting: MessageToProduce<Buffer, Buffer, Buffer, Buffer>[] = [];
let underWay = 0;
let isScheduled = false;

const stream = await consumer.consume({
  ...{ topics: [given.input], mode: 'committed', fallbackMode: 'earliest' },
});
stream.on('data', ({ key, value, partition, timestamp }) => {
  waiting.push({ topic: given.output, partition, key, value: changed(value), timestamp });
  if (isScheduled) return;
  isScheduled = true;
  queueMicrotask(send);
});
console.log(JSON.stringify({ running: true }));
process.once('SIGTERM', async () => {
  await stream.close();
  await consumer.close(true);
  await producer.close();
  process.exit(0);
});

/** What comes while as many as may be are under way makes larger batches. */
function send(): void {
  isScheduled = false;
  while (waiting.length > 0 && underWay < UNDER_WAY_MAX) {
    underWay += 1;
    void producer.send({ messages: waiting.splice(0, BATCH_RECORDS) }).then(() => {
      underWay -= 1;
      send();
    });
  }
}
