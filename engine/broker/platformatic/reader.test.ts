/** What a reader makes of a node that answers with errors: no loop without end, no silence. */

import type { Writer } from '@platformatic/kafka';
import { expect, it } from 'vitest';
import { waitMs } from '../wait.ts';
import type { Cluster } from './cluster.ts';
import { ERROR } from './error-codes.ts';
import type { Fetched } from './fetch.ts';
import type { Links } from './links.ts';
import { createReader } from './reader.ts';

const TOPIC_ID = '0b0f8a0e-6f3a-4c1b-9a64-8f2a6b0c7d11';
const STORAGE_ERROR = 56;
const NOT_AUTHORIZED = 29;

/** Key, version, payload, parser, two flags and who is told. */
type Sent = readonly [
  ...[number, number, () => Writer, unknown, boolean, boolean],
  (error: null, answer: Fetched) => void,
];

/** One node, which answers every fetch with this. */
function readerOf(answer: Fetched) {
  let fetches = 0;
  const connection = {
    send(...given: Sent) {
      given[2]();
      fetches++;
      setImmediate(() => given[6](null, answer));
    },
  };
  const links = {
    over: async (_node: unknown, request: (open: unknown) => unknown) => request(connection),
    close: async () => {},
  };
  const cluster = {
    openLinks: () => links as unknown as Links,
    known: (topic: string) => ({ topic, id: TOPIC_ID, leaders: [0] }),
    node: () => ({ host: '127.0.0.1', port: 1 }),
    refresh: async () => {},
  } as unknown as Cluster;
  const from = [{ topic: 'ticks', partition: 0, offset: 7 }];
  const reader = createReader(cluster, { isolation: 'read-committed', pollWaitMs: 300 }, from);
  return { reader, fetches: () => fetches };
}

it('waits before it asks again where a whole request was refused for a while', async () => {
  const { reader, fetches } = readerOf({ errorCode: STORAGE_ERROR, partitions: [] });
  expect(await reader.poll()).toEqual([]);
  expect(fetches()).toBeLessThan(10);
  await reader.close();
});

it('says so where a whole request was refused for good, and does not ask for ever', async () => {
  const { reader } = readerOf({ errorCode: NOT_AUTHORIZED, partitions: [] });
  const poll = reader.poll();
  await expect(poll).rejects.toThrow(/ticks-0 at offset 7: Kafka answers TOPIC_AUTHORIZATION/);
  await reader.close();
});

it('gives up a partition whose leader answers nothing but a passing error', async () => {
  const partition = {
    ...{ topicId: TOPIC_ID, partition: 0, errorCode: ERROR.notLeader, highWatermark: -1 },
    ...{ stableOffset: -1, firstOffset: -1, aborted: [], bytes: Buffer.alloc(0) },
  };
  const { reader } = readerOf({ errorCode: ERROR.none, partitions: [partition] });
  await reader.poll();
  const position = reader.positions.get({ topic: 'ticks', partition: 0 })!;
  expect(position.lostSinceMs).toBeDefined();
  position.lostSinceMs! -= 60_000;
  await waitMs(100);
  await expect(reader.poll()).rejects.toThrow(/Kafka answers NOT_LEADER/);
  await reader.close();
});

it('does not count the time of a pause as time without an answer', async () => {
  const { reader } = readerOf({ errorCode: STORAGE_ERROR, partitions: [] });
  await reader.poll();
  const place = { topic: 'ticks', partition: 0 };
  reader.positions.get(place)!.lostSinceMs! -= 60_000;
  reader.pause([place]);
  reader.resume([place]);
  expect(await reader.poll()).toEqual([]);
  await reader.close();
});
