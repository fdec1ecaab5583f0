/** The order in which a kafkajs consumer is begun and closed: one left over would stay a member. */

import type { Kafka } from 'kafkajs';
import { expect, it } from 'vitest';
import { createPullConsumer } from './pull-consumer.ts';

/** A client whose consumer connects once it is told to, and what it was asked for. */
function consumerOf() {
  const asked: string[] = [];
  const connected = Promise.withResolvers<void>();
  const consumer = {
    ...{ events: {}, on() {}, subscribe: async () => {} },
    async connect() {
      asked.push('connect');
      await connected.promise;
    },
    run: async () => void asked.push('run'),
    stop: async () => void asked.push('stop'),
    disconnect: async () => void asked.push('disconnect'),
  };
  const kafka = { consumer: () => consumer } as unknown as Kafka;
  const group = {
    ...{ groupId: 'g', sessionTimeout: 6_000, heartbeatInterval: 100, rebalanceTimeout: 6_000 },
  };
  const pull = createPullConsumer(
    kafka,
    { isolation: 'read-committed', group },
    {
      bounds: async () => ({ first: 0, end: 0 }),
      exists: async () => true,
      onAssigned: async () => {},
      onLost: async () => {},
    },
  );
  return { asked, connected, pull };
}

it('joins no group once it is closed, and keeps no connection that came later', async () => {
  const { asked, connected, pull } = consumerOf();
  const begun = pull.begin(['ticks']);
  await Promise.resolve();
  await pull.close();
  connected.resolve();
  await begun;
  expect(asked).toEqual(['connect', 'disconnect', 'disconnect']);
});

it('begins anew only once it has begun', async () => {
  const { asked, connected, pull } = consumerOf();
  const begun = [pull.begin(['ticks']), pull.begin(['ticks', 'fills'])];
  connected.resolve();
  await Promise.all(begun);
  expect(asked).toEqual(['connect', 'run', 'stop', 'connect', 'run']);
});
