/** A record through a task in memory: decoded, counted in its window, encoded; changes drained. */

import {
  bytes,
  integer,
  openMemoryStore,
  type StreamTask,
  text,
  topic,
  topologyBuilder,
  tumbling,
  windowed,
} from '#engine/streams';
import type { Micro } from './micro.ts';

const RECORDS = 1_000;
const KEYS = 100;
const VALUE_BYTES = 100;
/** A window of a second has ten calls: as at 10,000 records a second. */
const CALL_MS = 100;

const trades = topic({ name: 'trades', key: text, value: bytes });
const names = topic({ name: 'names', key: text, value: text, idleAfterMs: 0 });
const counts = topic({ name: 'counts', key: text, value: windowed(integer) });

export const streamTask: Micro = {
  question: 'What does a record of 100 bytes cost a task that counts per key in windows of 1 s?',
  items: RECORDS,
  item: 'record',
  ways: [
    { name: 'count', open: () => openTask(false) },
    { name: 'join a table, count', open: () => openTask(true) },
  ],
};

/** Each update is an output; changes are drained once a call, as a commit would. */
function openTask(isJoined: boolean): () => number {
  const builder = topologyBuilder({ name: 'bench' });
  const stream = builder.stream(trades);
  const joined = isJoined
    ? stream.joinTable(builder.table(names), value => value).withValues(bytes)
    : stream;
  joined.groupByKey().windowedBy(tumbling(1_000)).count().to(counts);
  const topology = builder.build();
  const plan = topology.plan(new Map(topology.topics.map(name => [name, 1])));
  const task = topology.subTopologies[0]!.createTask({
    ...{ partition: 0, partitionCounts: plan.partitionCounts, openStore: openMemoryStore },
  });
  if (isJoined) fillTable(task);
  task.advance(0, { outputs: [] });
  const keys = Array.from({ length: KEYS }, (_, at) => text.encode(`instrument-${at}`));
  const value = new Uint8Array(VALUE_BYTES).fill(7);
  let offset = 0;
  return () => {
    const effects = { outputs: [] };
    for (let at = 0; at < RECORDS; at++, offset++) {
      const timestampMs = Math.floor((offset * CALL_MS) / RECORDS);
      const key = keys[offset % KEYS]!;
      task.process('trades', { key, value, headers: [], timestampMs, offset }, effects);
    }
    let drained = 0;
    for (const store of task.stores.values()) {
      store.drainChanges(key => {
        drained += key.length;
      });
    }
    return effects.outputs.length + drained;
  };
}

function fillTable(task: StreamTask): void {
  for (let at = 0; at < KEYS; at++) {
    const key = text.encode(`instrument-${at}`);
    const body = { key, value: key, headers: [], timestampMs: 0, offset: at };
    task.process('names', body, { outputs: [] });
  }
}
