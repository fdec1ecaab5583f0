/** Kafka through the connections and codecs of @platformatic/kafka. */

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
  const open = new Set<{ close(): Promise<void> }>();
  const tracked = <Each extends { close(): Promise<void> }>(each: Each): Each => {
    open.add(each);
    const close = each.close.bind(each);
    each.close = () => {
      open.delete(each);
      return close();
    };
    return each;
  };
  return {
    capabilities: PLATFORMATIC,
    admin: createAdmin(cluster),
    producer: async producerOptions => tracked(await openProducer(cluster, producerOptions)),
    reader: async readerOptions =>
      tracked(createReader(cluster, readerOptions, readerOptions.from)),
    join: async groupOptions => tracked(await joinGroup(cluster, groupOptions)),
    async close() {
      for (const each of [...open]) await each.close();
      await cluster.close();
    },
  };
}
