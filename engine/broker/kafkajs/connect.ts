/** Kafka through kafkajs 2.2.4, for desks that run it already. */

import { openParts } from '../open-parts.ts';
import type { Broker, BrokerCapabilities } from '../port.ts';
import { createAdmin } from './admin.ts';
import { createClient, type KafkajsOptions, translated } from './client.ts';
import { type CommittedEnds, openCommittedEnds } from './committed-ends.ts';
import { joinGroup } from './group.ts';
import { openProducer } from './producer.ts';
import { openReader } from './reader.ts';

export type { KafkajsOptions } from './client.ts';

export const KAFKAJS: BrokerCapabilities = {
  name: 'kafkajs',
  isShared: true,
  transactions: true,
  fencesByGeneration: false,
  fencesSends: false,
  staticMembership: false,
  memberData: true,
  waitsForRevoked: false,
  headerOrder: false,
  compressions: ['none', 'gzip', 'snappy', 'lz4', 'zstd'],
};

/** Throws `network` where no node answers. */
export async function connectKafkajs(options: KafkajsOptions): Promise<Broker> {
  const kafka = createClient(options);
  const client = kafka.admin();
  let ends: CommittedEnds;
  try {
    await client.connect();
    ends = await openCommittedEnds(kafka);
  } catch (error) {
    await client.disconnect().catch(() => {});
    throw translated(`Kafka at ${options.addresses.join(', ')}`, error);
  }
  const admin = createAdmin(client, ends);
  const hooks = {
    async bounds(partition: { topic: string; partition: number }) {
      const [found] = await admin.bounds([partition], 'read-uncommitted');
      return found!;
    },
    exists: async (topic: string) => (await admin.partitionCounts([topic])).has(topic),
  };
  const parts = openParts();
  return {
    capabilities: KAFKAJS,
    admin,
    producer: async given => parts.add(await openProducer({ kafka, admin }, given)),
    reader: async given => parts.add(await openReader(kafka, hooks, given)),
    join: async given => parts.add(await joinGroup({ kafka, admin }, hooks, given)),
    async close() {
      await parts
        .close()
        .finally(() => ends.close())
        .finally(() => client.disconnect());
    },
  };
}
