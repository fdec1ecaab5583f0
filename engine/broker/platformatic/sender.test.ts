/** Sends that wait, for room or for a leader: their order, and what becomes of them. */

import type { Writer } from '@platformatic/kafka';
import { expect, it } from 'vitest';
import { OutriderError } from '../../error.ts';
import { waitMs } from '../wait.ts';
import type { Cluster } from './cluster.ts';
import { ERROR } from './error-codes.ts';
import type { Links } from './links.ts';
import type { Produced } from './produce.ts';
import { createSender } from './sender.ts';

const MEGABYTE = 900_000;
/** More than may wait and be under way. */
const CALLS = 80;

const delivered: Produced = {
  responses: [
    { name: 't', partitionResponses: [{ index: 0, errorCode: ERROR.none, errorMessage: null }] },
  ],
};

/** A node that answers when it is told to, and says which calls' records it has seen. */
function nodeOf(metadata: Partial<Cluster> = {}) {
  const seen: number[] = [];
  const unanswered: ((error: null, answer: Produced) => void)[] = [];
  const connection = {
    send(...given: readonly unknown[]) {
      const payload = (given[2] as () => Writer)();
      for (const [, call] of payload.buffer.toString('latin1').matchAll(/#(\d{3})#/g)) {
        seen.push(Number(call));
      }
      unanswered.push(given.at(-1) as (typeof unanswered)[number]);
    },
  };
  const over = (_node: unknown, request: (open: unknown) => unknown) => request(connection);
  const links = { over } as unknown as Links;
  const cluster = {
    known: (topic: string) => ({ topic, id: 'id', leaders: [0] }),
    node: () => ({ host: '127.0.0.1', port: 1 }),
    refresh: async () => {},
    ...metadata,
  } as unknown as Cluster;
  const settings = { compression: 'none', lingerMs: 0, transactionalId: 'id' } as const;
  const identity = { producerId: 1, producerEpoch: 0 };
  const sender = createSender({ cluster, links, ...settings }, identity);
  return {
    ...{ seen, sender },
    send(call: number, topic = 't') {
      const value = Buffer.alloc(MEGABYTE);
      value.write(`#${String(call).padStart(3, '0')}#`);
      const record = { topic, partition: 0, key: null, value, headers: [], timestampMs: 1 };
      return sender.send([record]);
    },
    /** Until nothing more is asked for. */
    async answerAll(answer = delivered) {
      for (let turns = 0; turns < 20; turns++) {
        for (const answered of unanswered.splice(0)) answered(null, answer);
        await new Promise(resolve => setImmediate(resolve));
        if (unanswered.length > 0) turns = 0;
      }
    },
  };
}

it('goes out in the order of the calls, also behind those that wait for room', async () => {
  const { seen, send, answerAll } = nodeOf();
  const calls = Array.from({ length: CALLS }, (_, call) => send(call));
  const last = calls[0]!.then(() => send(CALLS));
  await answerAll();
  await Promise.all([...calls, last]);
  expect(seen).toEqual(Array.from({ length: CALLS + 1 }, (_, call) => call));
});

it('does not go out once it was dropped: it would be of the next transaction', async () => {
  const { seen, sender, send, answerAll } = nodeOf();
  const calls = Array.from({ length: CALLS }, (_, call) => send(call));
  const outcomes = Promise.allSettled(calls);
  await new Promise(resolve => setImmediate(resolve));
  const underWay = seen.length;
  sender.drop(new OutriderError('bad-usage', 'the transaction was aborted'));
  await answerAll();
  expect(seen.length).toBe(underWay);
  const failed = (await outcomes).filter(({ status }) => status === 'rejected');
  expect(failed.length).toBe(CALLS - underWay);
});

it('goes out again where the answer does not name its partition', async () => {
  const { seen, send, answerAll } = nodeOf();
  const call = send(7);
  await answerAll({ responses: [] });
  while (seen.length < 2) await waitMs(1);
  expect(seen).toEqual([7, 7]);
  await answerAll();
  await call;
});

it('says what a topic is refused for, and takes no other topic along', async () => {
  const found = new Set<string>();
  const { send, answerAll } = nodeOf({
    known: topic => (found.has(topic) ? { topic, id: 'id', leaders: [0] } : undefined),
    async refresh(topics) {
      if (topics.includes('secret')) throw new OutriderError('bad-config', 'secret is refused');
      for (const topic of topics) found.add(topic);
    },
  });
  const refused = expect(send(1, 'secret')).rejects.toThrow('secret is refused');
  const sent = send(2);
  await refused;
  await answerAll();
  await sent;
});
