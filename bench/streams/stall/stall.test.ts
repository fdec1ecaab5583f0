/** An operator that stalls: its process must hold a bounded part of what waits, and lose none. */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Broker, connectPlatformatic } from '#engine/broker';
import { kafkaNeeds } from '#engine/testing/kafka';
import { sharedKafka } from '#engine/testing/shared-kafka';
import { judgeSequences, startSequences } from './sequences.ts';
import { startStalled } from './stalled-process.ts';

const { needs, isMissing } = kafkaNeeds();
const RECORDS = 120_000;
const PARTITIONS = 2;
const STALL_MS = 3_000;
const WAIT = { timeout: 60_000, interval: 300 };
/** Of each partition 10,000 records and a fetch, which has some 8,000. */
const BUFFERED_MAX = PARTITIONS * 20_000;
const WITHOUT_BOUNDS = { bufferRecordsMax: 1e9, bufferBytesMax: 1e12 };

describe.skipIf(isMissing)(`a stalled operator (needs ${needs})`, () => {
  let addresses: readonly string[];
  let broker: Broker;
  const names = { input: `stall-${randomUUID()}`, output: `stall-${randomUUID()}-out` };
  beforeAll(async () => {
    addresses = await sharedKafka();
    broker = await connectPlatformatic({ addresses });
    const config = { 'retention.ms': '-1' };
    const made = { partitions: PARTITIONS, replicas: 1, config };
    await broker.admin.createTopics(Object.values(names).map(name => ({ topic: name, ...made })));
    const to = { topic: names.input, partitions: PARTITIONS };
    const load = await startSequences(broker, to, { perSecond: 1e6, count: RECORDS });
    await load.stop();
  });
  afterAll(() => broker.close());

  it('keeps a bounded part of what waits, and copies all of it once it goes on', async () => {
    const worker = await startStalled({ addresses, ...names, isStalled: true });
    try {
      await expect.poll(() => worker.peak().bufferedRecords, WAIT).toBeGreaterThan(1_000);
      await wait(STALL_MS);
      expect(worker.peak().bufferedRecords).toBeLessThan(BUFFERED_MAX);
      worker.tell({ isStalled: false });
      expect(await judgeSequences(addresses, names.output, RECORDS)).toEqual([]);
      expect(worker.peak().bufferedRecords).toBeLessThan(BUFFERED_MAX);
    } finally {
      await worker.close();
    }
  });

  it('would keep all of it without the bounds, so the test above can fail', async () => {
    const { input } = names;
    await broker.admin.setCommitted(
      input,
      [0, 1].map(partition => ({ topic: input, partition, offset: 0 })),
    );
    const buffers = WITHOUT_BOUNDS;
    const worker = await startStalled({ addresses, ...names, isStalled: true, buffers });
    try {
      const held = () => worker.peak().bufferedRecords;
      await expect.poll(held, WAIT).toBeGreaterThan(2 * BUFFERED_MAX);
    } finally {
      await worker.close();
    }
  });
});
