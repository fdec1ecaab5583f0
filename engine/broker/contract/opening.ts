/** How a broker is opened, as text that another process can be given. */

import { openEmbedded } from '../embedded/open.ts';
import { connectKafkajs } from '../kafkajs/connect.ts';
import { connectPlatformatic } from '../platformatic/connect.ts';
import type { Broker } from '../port.ts';

export type Opening =
  | { readonly kind: 'embedded'; readonly directory: string }
  | { readonly kind: 'platformatic' | 'kafkajs'; readonly addresses: readonly string[] };

export function openBroker(opening: Opening): Promise<Broker> {
  switch (opening.kind) {
    case 'embedded':
      return openEmbedded({ directory: opening.directory });
    case 'platformatic':
      return connectPlatformatic({ addresses: opening.addresses });
    case 'kafkajs':
      return connectKafkajs({ addresses: opening.addresses });
  }
}
