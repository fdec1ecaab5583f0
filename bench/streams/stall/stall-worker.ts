/** A process that copies records, lets its operator stall when told to, and says what it holds. */

import { midnightBefore } from '#engine';
import { connectPlatformatic } from '#engine/broker';
import { startProcessor, wallPorts } from '#engine/runtime';
import { bytes, keyless, topic, topologyBuilder } from '#engine/streams';

export type StallWorkerSettings = {
  readonly addresses: readonly string[];
  readonly input: string;
  readonly output: string;
  readonly isStalled: boolean;
  /** Of the processor, where they are not its defaults. */
  readonly buffers?: { readonly bufferRecordsMax: number; readonly bufferBytesMax: number };
};

/** What the worker is told. */
export type StallOrder = { readonly isStalled: boolean } | 'leave';

/** What it says, ten times a second. */
export type StallReading = {
  readonly rssBytes: number;
  /** Fetched and not processed. */
  readonly bufferedRecords: number;
};

/** A record of a stalled operator; between two of them the process has its turns. */
const STALL_MS = 20;
const READING_EVERY_MS = 100;

async function main(settings: StallWorkerSettings): Promise<void> {
  const { addresses, input, output, buffers } = settings;
  let { isStalled } = settings;
  const sleeper = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const builder = topologyBuilder({ name: input });
  const copied = topic({ name: output, key: keyless, value: bytes });
  builder
    .stream(topic({ ...copied, name: input }))
    .mapValues(value => {
      if (isStalled) Atomics.wait(sleeper, 0, 0, STALL_MS);
      return value;
    })
    .to(copied);
  const broker = await connectPlatformatic({ addresses });
  const processor = await startProcessor({
    ...{ broker, applicationId: input, processorId: 'one', topology: builder.build() },
    ports: wallPorts(midnightBefore(BigInt(Date.now()) * 1_000_000n)),
    settings: { ...buffers },
  });
  const reading = setInterval(() => {
    const { tasks } = processor.status();
    const bufferedRecords = tasks.reduce((sum, task) => sum + task.bufferedRecords, 0);
    const said: StallReading = { rssBytes: process.memoryUsage.rss(), bufferedRecords };
    process.send?.(said);
  }, READING_EVERY_MS);
  process.on('message', (order: StallOrder) => {
    if (order === 'leave') void processor.close();
    else isStalled = order.isStalled;
  });
  await processor.done.finally(() => clearInterval(reading));
  await broker.close();
  process.disconnect();
}

await main(JSON.parse(process.argv[2]!) as StallWorkerSettings);
