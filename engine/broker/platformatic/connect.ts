/** Kafka through the connections and codecs of @platformatic/kafka. */

import { openParts } from '../open-parts.ts';
import type { Broker, BrokerCapabilities } from '../port.ts';
import { createAdmin } from './admin.ts';
import { openCluster } from './cluster.ts';
import { joinGroup } from './group.ts';
import type { ConnectOptions } from './links.ts';
import { openProducer } from './producer.ts';
import { createReader } from './reader.ts';

export type { ConnectOptions } from './links.ts';

export const PLATFORMATIC: BrokerCapabilities = {
  name: 'platformatic',
  isShared: true,
  transactions: true,
  fencesByGeneration: true,
  fencesSends: true,
  staticMembership: true,
  memberData: true,
  waitsForRevoked: true,
  headerOrder: true,
  compressions: ['none', 'gzip', 'snappy', 'lz4', 'zstd'],
};

/** Throws `network` where no node answers, `bad-config` where it is too old or refuses the user. */
export async function connectPlatformatic(options: ConnectOptions): Promise<Broker> {
  const cluster = await openCluster(options);
  const parts = openParts();
  return {
    capabilities: PLATFORMATIC,
    admin: createAdmin(cluster),
    producer: async producerOptions => parts.add(await openProducer(cluster, producerOptions)),
    reader: async readerOptions =>
      parts.add(createReader(cluster, readerOptions, readerOptions.from)),
    join: async groupOptions => parts.add(await joinGroup(cluster, groupOptions)),
    async close() {
      await parts.close().finally(() => cluster.close());
    },
  };
}
