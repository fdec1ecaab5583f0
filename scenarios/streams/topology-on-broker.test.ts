/** A topology on a broker sends what its test driver sends, event time across topics included. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { midnightBefore, seededRandom } from '#engine';
import { type Broker, openEmbedded } from '#engine/broker';
import { startProcessor, wallPorts } from '#engine/runtime';
import {
  fields,
  integer,
  partitionOfKey,
  session,
  testDriver,
  text,
  topic,
  topologyBuilder,
  tumbling,
  windowed,
} from '#engine/streams';

const PARTITIONS = 3;
const RECORDS = 600;
const END_MS = 10_000_000;

/** On a busy machine nobody is to be taken for silent. */
const idleAfterMs = 600_000;
const input = topic({ name: 'input', key: text, value: integer, outOfOrderMs: 40, idleAfterMs });
const versions = topic({ ...input, name: 'versions' });
const counts = topic({ name: 'counts', key: text, value: windowed(integer) });
const sums = topic({ name: 'sums', key: integer, value: windowed(integer) });
const pair = fields<{ value: number; version: number }>({ value: integer, version: integer });
const joined = topic({ name: 'joined', key: text, value: pair });
const TOPICS = [input, versions, counts, sums, joined];
const OUTPUTS = [counts, sums, joined] as const;

/** All that waits for event time: its results do not depend on how partitions interleave. */
function build() {
  const builder = topologyBuilder({ name: 'app', markerEveryMs: 20 });
  const stream = builder.stream(input);
  const close = { emit: 'close', latenessMs: 100_000 } as const;
  const sum = {
    ...{ initial: () => 0, value: integer },
    add: (total: number, value: number) => total + value,
    merge: (earlier: number, later: number) => earlier + later,
  };
  stream.groupByKey().windowedBy(tumbling(500), close).count().to(counts);
  stream
    .groupBy(value => value % 7, integer)
    .windowedBy(session(15), close)
    .aggregate(sum)
    .to(sums);
  const asOf = { emit: 'complete', latenessMs: 100_000 } as const;
  stream
    .joinAsOf(builder.stream(versions), asOf, (value, version) => ({ value, version }))
    .to(joined);
  return builder.build();
}

type Given = { readonly source: typeof input; key: string; value: number; timeMs: number };

function givenRecords(): Given[] {
  const random = seededRandom('topology on a broker');
  const upTo = (count: number) => Math.floor(random.nextFloat() * count);
  const list: Given[] = Array.from({ length: RECORDS }, (_, at) => ({
    source: at % 4 === 3 ? versions : input,
    ...{ key: `key ${upTo(20)}`, value: at, timeMs: at * 10 + upTo(40) },
  }));
  // Every partition of both comes to the end, so all that waits is sent.
  for (const source of [input, versions]) {
    for (let at = 0; at < 20; at++) {
      list.push({ source, key: `key ${at}`, value: RECORDS + at, timeMs: END_MS });
    }
  }
  return list;
}

it('counts, sums and joins the same records on both', async () => {
  const topology = build();
  const given = givenRecords();
  const driver = testDriver(topology, { partitions: PARTITIONS });
  for (const { source, ...record } of given) driver.send(source, record);
  driver.advance(1_000);
  const wanted = OUTPUTS.map(output =>
    driver.read(output as typeof counts).map(record => JSON.stringify(record)),
  );
  expect(wanted.map(({ length }) => length > 100)).toEqual([true, true, true]);

  const directory = mkdtempSync(path.join(tmpdir(), 'outrider-topology-'));
  const broker = await openEmbedded({ directory });
  try {
    const settings = { partitions: PARTITIONS, replicas: 1, config: {} };
    await broker.admin.createTopics(TOPICS.map(({ name }) => ({ ...settings, topic: name })));
    const processor = await startProcessor({
      ...{ broker, applicationId: 'app', processorId: 'one', topology },
      ports: wallPorts(midnightBefore(BigInt(Date.now()) * 1_000_000n)),
      settings: { commitIntervalMs: 25 },
    });
    await write(broker, given);
    const sent = await readUntil(broker, wanted.flat().length);
    await processor.close();
    expect(sent.map(list => list.sort())).toEqual(wanted.map(list => list.sort()));
  } finally {
    await broker.close();
    rmSync(directory, { recursive: true });
  }
});

async function write(broker: Broker, given: readonly Given[]): Promise<void> {
  const producer = await broker.producer({});
  for (const { source, key, value, timeMs } of given) {
    const bytes = source.key.encode(key);
    const partition = partitionOfKey(bytes, PARTITIONS, source.partitioner);
    const body = { key: bytes, value: source.value.encode(value), headers: [] };
    await producer.send([{ topic: source.name, partition, ...body, timestampMs: timeMs }]);
  }
  await producer.close();
}

/** By output, as the driver reads them; ends with so many records, or when none come any more. */
async function readUntil(broker: Broker, count: number): Promise<string[][]> {
  const from = OUTPUTS.flatMap(({ name }) =>
    Array.from({ length: PARTITIONS }, (_, partition) => ({ topic: name, partition, offset: 0 })),
  );
  const reader = await broker.reader({ from, isolation: 'read-committed', pollWaitMs: 500 });
  const found: string[][] = OUTPUTS.map(() => []);
  let silent = 0;
  while (found.flat().length < count && silent < SILENT_POLLS_MAX) {
    const batches = await reader.poll();
    silent = batches.length === 0 ? silent + 1 : 0;
    for (const { topic: name, records } of batches) {
      const at = OUTPUTS.findIndex(output => output.name === name);
      const output = OUTPUTS[at] as typeof counts;
      for (const { key, value, timestampMs } of records) {
        const record = { key: output.key.decode(key!), value: output.value.decode(value!) };
        found[at]!.push(JSON.stringify({ ...record, timeMs: timestampMs }));
      }
    }
  }
  await reader.close();
  return found;
}

/** Half a second each: a busy machine may take its time. */
const SILENT_POLLS_MAX = 60;
